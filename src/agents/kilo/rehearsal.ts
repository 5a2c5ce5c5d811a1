import type { Rehearsal } from '../contract/rehearsal.ts';
import { mockConfig } from '../forks/opencode/rehearsal.ts';

/** As the program of 7.7.9 reads them. */
export const rehearsal: Rehearsal = {
  package: '@kilocode/cli',
  env: () => ({
    KILO_DISABLE_MODELS_FETCH: '1',
    KILO_DISABLE_SESSION_INGEST: '1',
    KILO_TELEMETRY_LEVEL: 'off',
  }),
  files: ({ model }) => ({
    // The first snapshot may take long, and Kilo then asks whether to go without.
    '.config/kilo/kilo.json': { ...mockConfig(model), snapshot: false },
  }),
};
