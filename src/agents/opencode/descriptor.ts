import { stripVTControlCharacters } from 'node:util';
import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ModelDescriptor,
  model,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';

/** `opencode auth list` counts the logins in its file; without one its free models still work (1.18.33). */
export function parseOpencodeAuth(run: Pick<Finished, 'stdout' | 'stderr'>): Auth {
  const count = /(\d+) (?:credentials?|environment variables?)/.exec(
    stripVTControlCharacters(`${run.stdout}${run.stderr}`),
  )?.[1];
  if (count === undefined) return unknownAuth('opencode auth list is not understood');
  const reason = count === '0' ? 'no logins: the free models only' : `${count} logins stored`;
  return { status: 'authenticated', confidence: 'local_cli', reason };
}

/** `opencode models`: one `provider/model` a line, for the logins that there are (1.18.33). */
export function parseOpencodeModels(printed: string): ModelDescriptor[] {
  return printed.split('\n').flatMap((line) => {
    const [id] = /^[\w.-]+\/[\w./:@-]+$/.exec(line.trim()) ?? [];
    return id
      ? [
          model(id, {
            source: 'cli_detected',
            confidence: 'local_cli',
            metadata: { family: id.slice(0, id.indexOf('/')) },
          }),
        ]
      : [];
  });
}

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
