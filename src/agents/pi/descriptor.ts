import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';

/** It works with the logins and keys of other vendors, and has no account of its own. */
export const pi: ProviderDescriptor = {
  id: 'pi',
  display_name: 'pi',
  vendor: 'Earendil Works',
  harness: 'pi',
  install: 'npm install -g @earendil-works/pi-coding-agent',
  sign_in: 'pi auth login',
  // Other programs are named `pi` too; this one prints its version and nothing else, or nothing in time.
  commands: [{ words: ['pi'], version: /^(?:v?\d+\.\d+\.\d+\S*)?\s*$/ }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES.filter((each) => each !== 'supports_approval_detection'),
    'supports_model_arg',
    'supports_resume',
    'supports_one_shot_mode',
  ],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    reasoning_effort_arg: '--thinking',
    read_only_mode_arg: '--tools read,grep,find,ls',
    quirks: ['asks_for_no_approval', 'models_depend_on_the_logins'],
  },
  models: [],
};
