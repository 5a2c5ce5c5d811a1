import { AGENTS } from '../../config/provider-ids.ts';
import type { Agent } from '../contract/agent.ts';
import { COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { NO_LAUNCH } from '../contract/launch.ts';

const minimax: ProviderDescriptor = {
  id: 'minimax',
  display_name: 'MiniMax Token Plan',
  vendor: 'MiniMax',
  harness: 'minimax',
  install: null,
  sign_in: null,
  commands: [],
  plan: {
    keys: AGENTS.minimax.separation.logins,
    through: ['claude-code', 'opencode', 'droid-cli'],
  },
  version_args: [],
  capabilities: ['supports_usage_probe'],
  auth: null,
  model_list: null,
  settings: { ...COMMON_SETTINGS, model_arg: null, quirks: ['plan_without_a_program'] },
  models: [],
};

/** A plan that agents of other vendors work on, by an address and a key of their configuration. */
export const agent: Agent = {
  descriptor: minimax,
  launch: NO_LAUNCH,
  limits: async () => [(await import('./limits.ts')).minimaxRemains],
  codexbar: { name: 'minimax', via: 'api' },
  tokens: null,
};
