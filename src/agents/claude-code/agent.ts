import type { Agent } from '../contract/agent.ts';
import { claudeCode } from './descriptor.ts';
import { claudeCodeLaunch } from './launch.ts';
import { claudeLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: claudeCode,
  launch: claudeCodeLaunch,
  limits: async () => (await import('./limits/sources.ts')).sources,
  codexbar: { name: 'claude', via: 'cli' },
  tokens: claudeLog,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
