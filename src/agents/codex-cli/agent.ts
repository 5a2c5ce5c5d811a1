import type { Agent } from '../contract/agent.ts';
import { codexCli } from './descriptor.ts';
import { codexCliLaunch } from './launch.ts';
import { codexLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: codexCli,
  launch: codexCliLaunch,
  limits: async () => (await import('./limits/sources.ts')).sources,
  codexbar: { name: 'codex', via: 'cli' },
  tokens: codexLog,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
