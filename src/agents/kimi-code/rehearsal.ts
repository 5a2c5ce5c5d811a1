import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 2.1.0 reads them. */
export const rehearsal: Rehearsal = {
  package: '@moonshot-ai/kimi-code',
  env: (model) => ({
    KIMI_MODEL_NAME: 'mock',
    KIMI_MODEL_API_KEY: 'sk-mock',
    KIMI_MODEL_PROVIDER_TYPE: 'openai',
    KIMI_MODEL_BASE_URL: `${model}/v1`,
  }),
  files: ({ folder, trusted }) =>
    trusted ? { [`.kimi-code/workspace-trust/${keyOf(folder)}`]: { root: folder, trustedAt: 0 } } : {},
};

/** Its file for a folder, as it names it. */
function keyOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `wd_${name}_${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}
