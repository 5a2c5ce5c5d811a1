import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';
import { parseOpencodeAuth, parseOpencodeModels } from '../forks/opencode/printed.ts';

export const opencode: ProviderDescriptor = {
  id: 'opencode',
  display_name: 'OpenCode',
  vendor: 'OpenCode',
  harness: 'opencode',
  install: 'npm install -g opencode-ai',
  sign_in: 'opencode auth login',
  commands: [{ words: ['opencode'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: { args: ['auth', 'list'], parse: parseOpencodeAuth },
  model_list: { args: ['models'], parse: parseOpencodeModels },
  settings: {
    ...COMMON_SETTINGS,
    smoke_model: 'opencode/big-pickle',
    catalog_completeness: 'opencode_models_1.18.33_without_a_login',
    quirks: ['models_depend_on_the_logins', 'quota_only_with_the_go_plan'],
  },
  models: [
    model('opencode/big-pickle', { display_name: 'Big Pickle', metadata: { family: 'opencode' } }),
    model('opencode/nemotron-3-ultra-free', {
      display_name: 'Nemotron 3 Ultra (free)',
      metadata: { family: 'opencode' },
    }),
  ],
};
