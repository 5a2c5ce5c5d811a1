import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ModelDescriptor,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

const familyOf = (id: string): string => /^[a-z]+/.exec(id)?.[0] ?? 'unknown';

/** The list under `model` in `copilot help config` (1.0.102): all models that it knows, whatever the plan allows. */
export function parseCopilotModels(printed: string): ModelDescriptor[] {
  const list = /^ *`model`:.*\n((?: *- "[^"\n]+".*\n?)+)/m.exec(printed)?.[1] ?? '';
  return [...list.matchAll(/- "([^"\n]+)"/g)].map(([, id = '']) =>
    model(id, { source: 'cli_detected', confidence: 'local_cli', metadata: { family: familyOf(id) } }),
  );
}

const listed = (id: string, name: string) =>
  model(id, { display_name: name, metadata: { family: familyOf(id) } });

export const copilotCli: ProviderDescriptor = {
  id: 'copilot-cli',
  display_name: 'GitHub Copilot CLI',
  vendor: 'GitHub',
  harness: 'copilot-cli',
  install: 'npm install -g @github/copilot',
  sign_in: 'copilot login',
  commands: [{ words: ['copilot'] }, { words: ['gh', 'copilot', '--'], version: /copilot/i }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_mcp_injection',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: null,
  // Its models of a provider of one's own need no account (1.0.102).
  billed_by_key: ({ env }) => (env.COPILOT_PROVIDER_BASE_URL?.trim() ? 'COPILOT_PROVIDER_BASE_URL' : null),
  model_list: { args: ['help', 'config'], parse: parseCopilotModels },
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'auto',
    smoke_model: 'gpt-5-mini',
    reasoning_effort_arg: '--reasoning-effort',
    read_only_mode_arg: 'plan',
    catalog_completeness: 'copilot_help_config_1.0.102',
    quirks: [
      'gh_copilot_requires_separator_for_args',
      'read_only_uses_plan_mode',
      'models_depend_on_the_plan',
    ],
  },
  models: [
    model('auto', { display_name: 'Copilot picks', confidence: 'official', metadata: { family: 'auto' } }),
    listed('claude-sonnet-5.5', 'Claude Sonnet 5.5'),
    listed('claude-sonnet-5', 'Claude Sonnet 5'),
    listed('claude-opus-5.5', 'Claude Opus 5.5'),
    listed('claude-opus-5', 'Claude Opus 5'),
    listed('claude-fable-5.1', 'Claude Fable 5.1'),
    listed('claude-haiku-5.5', 'Claude Haiku 5.5'),
    listed('gpt-6.1-sol', 'GPT-6.1 Sol'),
    listed('gpt-6-astra', 'GPT-6 Astra'),
    listed('gpt-6-luna', 'GPT-6 Luna'),
    listed('gpt-5.5', 'GPT-5.5'),
    listed('gpt-5-mini', 'GPT-5 mini'),
    listed('gemini-4-argon', 'Gemini 4 Argon'),
  ],
};
