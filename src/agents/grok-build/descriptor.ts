import {
  type BillingPlace,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

const billing = ({ env }: BillingPlace): string | null =>
  ['XAI_API_KEY', 'GROK_CODE_XAI_API_KEY'].find((name) => env[name]?.trim()) ?? null;

export const grokBuild: ProviderDescriptor = {
  id: 'grok-build',
  display_name: 'Grok Build',
  vendor: 'xAI',
  harness: 'grok-build',
  install: 'npm install -g @xai-official/grok',
  sign_in: 'grok login',
  // Other programs are called grok too.
  commands: [{ words: ['grok'], version: /^grok \d+\.\d+/m }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: null,
  model_list: null,
  billed_by_key: billing,
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'grok-4.6',
    reasoning_effort_arg: '--reasoning-effort',
    read_only_mode_arg: '--permission-mode plan',
    catalog_completeness: 'grok_agent_1.0.41_signed_out',
  },
  models: [model('grok-4.6', { display_name: 'Grok 4.6', metadata: { family: 'grok' } })],
};
