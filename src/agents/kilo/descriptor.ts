import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { parseOpencodeAuth, parseOpencodeModels } from '../forks/opencode/printed.ts';

/** A fork of OpenCode with a gateway of its own; it works with the logins and keys of other vendors too. */
export const kilo: ProviderDescriptor = {
  id: 'kilo',
  display_name: 'Kilo',
  vendor: 'Kilo Code',
  harness: 'kilo',
  install: 'npm install -g @kilocode/cli',
  sign_in: 'kilo auth login',
  commands: [{ words: ['kilo'] }, { words: ['kilocode'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_resume',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: { args: ['auth', 'list'], parse: parseOpencodeAuth },
  model_list: { args: ['models'], parse: parseOpencodeModels },
  settings: {
    ...COMMON_SETTINGS,
    catalog_completeness: 'kilo_models_7.7.9_without_a_login',
    quirks: ['models_depend_on_the_logins'],
  },
  models: [],
};
