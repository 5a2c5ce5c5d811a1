import type { Agent } from '../contract/agent.ts';
import { opencode } from './descriptor.ts';
import { opencodeLaunch } from './launch.ts';
import { opencodeLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: opencode,
  launch: opencodeLaunch,
  limits: async () => [(await import('./limits.ts')).opencodeGo],
  codexbar: { name: 'opencode', via: 'api' },
  tokens: opencodeLog,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
