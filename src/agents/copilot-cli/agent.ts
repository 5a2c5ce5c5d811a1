import type { Agent } from '../contract/agent.ts';
import { copilotCli } from './descriptor.ts';
import { copilotCliLaunch } from './launch.ts';
import { copilotLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: copilotCli,
  launch: copilotCliLaunch,
  limits: async () => (await import('./limits/sources.ts')).sources,
  codexbar: { name: 'copilot', via: 'api' },
  tokens: copilotLog,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
