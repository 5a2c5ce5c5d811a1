import {
  type BillingPlace,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

const isOn = (value: string | undefined): boolean => /^(?:1|true)$/i.test(value ?? '');

/** In the order in which it chooses, without its own login. */
function billing({ env }: BillingPlace): string | null {
  if (isOn(env.GOOGLE_GENAI_USE_GCA)) return null;
  if (isOn(env.GOOGLE_GENAI_USE_VERTEXAI)) return 'Vertex AI';
  return ['GEMINI_API_KEY', 'GOOGLE_API_KEY'].find((name) => env[name]?.trim()) ?? null;
}

/** Models as the program of 0.61.0 names them. */
export const geminiCli: ProviderDescriptor = {
  id: 'gemini-cli',
  display_name: 'Gemini CLI',
  vendor: 'Google',
  harness: 'gemini-cli',
  install: 'npm install -g @google/gemini-cli',
  sign_in: 'gemini',
  commands: [{ words: ['gemini'] }],
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
    read_only_mode_arg: '--approval-mode plan',
    catalog_completeness: 'names_in_gemini_0.61.0',
    quirks: ['usage_only_with_a_login_in_the_environment'],
  },
  models: [
    model('gemini-3-pro-preview', { metadata: { family: 'gemini' } }),
    model('gemini-3-flash-preview', { metadata: { family: 'gemini' } }),
    model('gemini-2.5-pro', { metadata: { family: 'gemini' } }),
  ],
};
