import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { shellMode, slashCommand } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';

/** Models are those that its agents.config.json names. */
const nanocoder: ProviderDescriptor = {
  id: 'nanocoder',
  display_name: 'Nanocoder',
  vendor: 'Nano Collective',
  harness: 'nanocoder',
  install: 'npm install -g @nanocollective/nanocoder',
  sign_in: 'nanocoder',
  commands: [{ words: ['nanocoder'] }],
  version_args: ['--version'],
  capabilities: [...COMMON_CAPABILITIES, 'supports_model_arg', 'supports_one_shot_mode'],
  auth: null,
  model_list: null,
  settings: { ...COMMON_SETTINGS, quirks: ['models_depend_on_its_config', 'no_read_only_mode'] },
  models: [],
};

export const agent: Agent = {
  descriptor: nanocoder,
  /**
   * Flags as `nanocoder --help` of 1.30.0 has them. Its modes are switched by keys only, so that none reads only. With
   * the task as an argument it answers once and ends.
   */
  launch: {
    submit: { clearsBox: true, pastedPlaceholder: /\[Paste #\d+: [^\]]*\]/ },
    // Each tried on 1.30.0. `exit`, `#`, `&`, `@` and a backslash at the end are words there.
    takes: [shellMode(null), slashCommand('before')],
    interruptKeys: ['Escape'],
    start: (request, settings) => ({ args: modelArgs(request, settings) }),
    promptArgs: (prompt) => ['run', '--', prompt],
  },
  limits: async () => [],
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
