import type { Rehearsal } from '../contract/rehearsal.ts';
import { mockConfig } from '../forks/opencode/rehearsal.ts';

/** As the program of 1.18.33 reads them. */
export const rehearsal: Rehearsal = {
  package: 'opencode-ai',
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  files: ({ model }) => ({ '.config/opencode/opencode.json': mockConfig(model) }),
};
