import type { Agent } from '../contract/agent.ts';
import { pi } from './descriptor.ts';
import { piLaunch } from './launch.ts';

export const agent: Agent = {
  descriptor: pi,
  launch: piLaunch,
  limits: async () => [],
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
