import { stripVTControlCharacters } from 'node:util';
import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';

/** `kimi provider list` reads config.toml, which a login writes too; `No providers configured.` before that (2.1.0). */
export function parseKimiProviders(run: Pick<Finished, 'code' | 'stdout' | 'stderr'>): Auth {
  const words = stripVTControlCharacters(`${run.stdout}${run.stderr}`);
  if (/no providers configured/i.test(words))
    return { status: 'unauthenticated', confidence: 'local_cli', reason: 'no providers configured' };
  if (run.code !== 0 || words.trim() === '') return unknownAuth('kimi provider list is not understood');
  return { status: 'authenticated', confidence: 'local_cli', reason: 'providers are configured' };
}

export const kimiCode: ProviderDescriptor = {
  id: 'kimi-code',
  display_name: 'Kimi Code',
  vendor: 'Moonshot AI',
  harness: 'kimi-code',
  install: 'npm install -g @moonshot-ai/kimi-code',
  sign_in: 'kimi login',
  commands: [{ words: ['kimi'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: { args: ['provider', 'list'], parse: parseKimiProviders },
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    read_only_mode_arg: '--plan',
    quirks: ['models_are_aliases_of_its_config', 'usage_only_with_an_api_key'],
  },
  models: [],
};
