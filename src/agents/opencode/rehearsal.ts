import type { Rehearsal } from '../contract/rehearsal.ts';
import { mockConfig } from '../forks/opencode/rehearsal.ts';

/** As the program of 1.18.33 reads them. */
export const rehearsal: Rehearsal = {
  package: 'opencode-ai',
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  files: ({ model }) => ({
    '.config/opencode/opencode.json': mockConfig(model),
    // It installs a package there at its start, and its first turn waits for that: without a registry up to minutes,
    // behind the lock of a process that was killed meanwhile. What these name it takes for installed.
    '.config/opencode/node_modules/.keep': '',
    '.config/opencode/package-lock.json': {
      packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } },
    },
  }),
};
