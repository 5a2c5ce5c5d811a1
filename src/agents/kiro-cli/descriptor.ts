import { stripVTControlCharacters } from 'node:util';
import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';

/** `kiro-cli whoami`: `Logged in with Google` and the address, or `Not logged in` (as CodexBar reads it). The address is not kept. */
export function parseKiroWhoami(run: Pick<Finished, 'code' | 'stdout' | 'stderr'>): Auth {
  const words = stripVTControlCharacters(`${run.stdout}\n${run.stderr}`);
  if (/not logged in|login required/i.test(words))
    return { status: 'unauthenticated', confidence: 'local_cli', reason: 'not logged in' };
  const how = /logged in with +([\w -]+)/i.exec(words)?.[1]?.trim();
  if (run.code !== 0 || how === undefined) return unknownAuth('kiro-cli whoami is not understood');
  return { status: 'authenticated', confidence: 'local_cli', reason: `logged in with ${how}` };
}

export const kiroCli: ProviderDescriptor = {
  id: 'kiro-cli',
  display_name: 'Kiro CLI',
  vendor: 'AWS',
  harness: 'kiro-cli',
  install: 'curl -fsSL https://cli.kiro.dev/install | bash',
  sign_in: 'kiro-cli login',
  commands: [{ words: ['kiro-cli'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: { args: ['whoami'], parse: parseKiroWhoami },
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    quirks: ['launch_from_its_documentation', 'no_read_only_mode', 'screens_read_by_general_rules'],
  },
  models: [],
};
