import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { BACKSLASH, lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';

/** Its model is the first one of its config.yaml: `--model` adds one of the vendor's hub, by its slug. */
const continueCli: ProviderDescriptor = {
  id: 'continue',
  display_name: 'Continue',
  vendor: 'Continue',
  harness: 'continue',
  install: 'npm install -g @continuedev/cli',
  sign_in: 'cn login',
  commands: [{ words: ['cn'] }],
  version_args: ['--version'],
  capabilities: [...COMMON_CAPABILITIES, 'supports_resume', 'supports_one_shot_mode'],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    model_arg: null,
    read_only_mode_arg: '--readonly',
    quirks: ['model_is_set_in_its_config'],
  },
  models: [],
};

export const agent: Agent = {
  descriptor: continueCli,
  /** Flags as `cn --help` of 1.5.47 has them. It prints its transcript, and needs no option for that. */
  launch: {
    submit: { clearsBox: true },
    // Each tried on 1.5.47: a blank in front or behind is dropped first. `exit` and `quit` are words there.
    takes: [shellMode(null), slashCommand(null), lastWordLists('@'), { ...BACKSLASH, blank: null }],
    interruptKeys: ['Escape'],
    start: ({ readOnly }) => ({ args: readOnly ? ['--readonly'] : [] }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [],
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
