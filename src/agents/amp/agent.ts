import type { Agent } from '../contract/agent.ts';
import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';

/** Its modes choose the model: low, medium, high and ultra are what `amp --help` of 0.0.1790142911 names. */
const amp: ProviderDescriptor = {
  id: 'amp',
  display_name: 'Amp',
  vendor: 'Amp',
  harness: 'amp',
  install: 'npm install -g @sourcegraph/amp',
  sign_in: 'amp login',
  commands: [{ words: ['amp'] }],
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
    model_arg: '--mode',
    catalog_completeness: 'amp_help_0.0.1790142911',
    quirks: ['models_are_modes', 'no_read_only_mode', 'screens_read_by_general_rules'],
  },
  models: ['low', 'medium', 'high', 'ultra'].map((id) => model(id, { metadata: { family: 'amp' } })),
};

export const agent: Agent = {
  descriptor: amp,
  /** It has no mode that only reads. A prompt as an argument is answered once, and amp ends. */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    start: (request, settings) => ({ args: modelArgs(request, settings) }),
    promptArgs: (prompt) => [`--execute=${prompt}`],
  },
  limits: async () => [(await import('./limits.ts')).ampUsage],
  codexbar: { name: 'amp', via: 'cli' },
  tokens: null,
};
