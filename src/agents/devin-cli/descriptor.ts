import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

export const devinCli: ProviderDescriptor = {
  id: 'devin-cli',
  display_name: 'Devin CLI',
  vendor: 'Cognition',
  harness: 'devin-cli',
  install: 'see https://cli.devin.ai/docs',
  sign_in: 'devin auth login',
  commands: [{ words: ['devin'] }],
  version_args: ['--version'],
  capabilities: [...COMMON_CAPABILITIES, 'supports_model_arg', 'supports_usage_probe'],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'codex',
    smoke_model: 'codex',
    catalog_completeness: 'examples_of_the_help',
    quirks: ['usage_has_daily_and_weekly_windows'],
  },
  models: [
    model('codex', { display_name: 'Codex', metadata: { family: 'gpt' } }),
    model('opus', { display_name: 'Claude Opus', metadata: { family: 'claude' } }),
    model('sonnet', { display_name: 'Claude Sonnet', confidence: 'unknown', metadata: { family: 'claude' } }),
  ],
};
