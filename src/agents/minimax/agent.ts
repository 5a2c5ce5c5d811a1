import { AGENTS } from '../../config/provider-ids.ts';
import type { Agent } from '../contract/agent.ts';
import { planDescriptor } from '../contract/descriptor.ts';
import { NO_LAUNCH } from '../contract/launch.ts';

const minimax = planDescriptor({
  id: 'minimax',
  display_name: 'MiniMax Token Plan',
  vendor: 'MiniMax',
  plan: { keys: AGENTS.minimax.separation.logins, through: ['claude-code', 'opencode', 'droid-cli'] },
});

export const agent: Agent = {
  descriptor: minimax,
  launch: NO_LAUNCH,
  limits: async () => [(await import('./limits.ts')).minimaxRemains],
  codexbar: { name: 'minimax', via: 'api' },
  tokens: null,
};
