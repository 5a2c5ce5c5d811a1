import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 3.0.65 reads them; `cline auth` writes the same file. */
export const rehearsal: Rehearsal = {
  package: 'cline',
  env: () => ({ CLINE_TELEMETRY_DISABLED: '1' }),
  files: ({ model }) => ({
    '.cline/data/settings/providers.json': {
      version: 1,
      lastUsedProvider: 'openai-compatible',
      modes: {},
      providers: {
        'openai-compatible': {
          settings: {
            provider: 'openai-compatible',
            apiKey: 'sk-mock',
            model: 'mock',
            baseUrl: `${model}/v1`,
          },
          updatedAt: '2026-01-01T00:00:00.000Z',
          tokenSource: 'manual',
        },
      },
    },
  }),
};
