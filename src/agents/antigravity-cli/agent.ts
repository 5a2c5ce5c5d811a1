import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';

const antigravityCli: ProviderDescriptor = {
  id: 'antigravity-cli',
  display_name: 'Antigravity CLI',
  vendor: 'Google',
  harness: 'antigravity-cli',
  install: 'curl -fsSL https://antigravity.google/cli/install.sh | bash',
  sign_in: 'agy',
  commands: [{ words: ['agy'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_one_shot_mode',
  ],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    quirks: ['launch_from_its_documentation', 'no_read_only_mode', 'screens_read_by_general_rules'],
  },
  models: [],
};

export const agent: Agent = {
  descriptor: antigravityCli,
  /** Flags as users have noted them from `agy --help` of 1.1 and 1.2; not tried, as the program is not on npm. */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    start: (request, settings) => ({
      args: modelArgs(request, settings),
      env: { AGY_CLI_DISABLE_AUTO_UPDATE: 'true' },
    }),
    promptArgs: (prompt) => [`--prompt-interactive=${prompt}`],
  },
  limits: async () => [(await import('./limits.ts')).agyUsage],
  codexbar: { name: 'antigravity', via: 'cli' },
  tokens: null,
};
