import type { Agent } from '../contract/agent.ts';
import { opencodeLaunch } from '../forks/opencode/launch.ts';
import { opencodeTokens } from '../forks/opencode/token-log.ts';
import { opencode } from './descriptor.ts';

const tokens = opencodeTokens('opencode', 'opencode');

export const agent: Agent = {
  descriptor: opencode,
  launch: opencodeLaunch({ variables: 'OPENCODE', user: 'opencode', log: tokens }),
  limits: async () => [(await import('./limits.ts')).opencodeGo],
  codexbar: { name: 'opencode', via: 'api' },
  tokens,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
