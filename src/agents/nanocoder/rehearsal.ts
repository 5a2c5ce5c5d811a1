import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 1.30.0 reads them. */
export const rehearsal: Rehearsal = {
  package: '@nanocollective/nanocoder',
  env: () => ({}),
  files: ({ model, folder, trusted }) => ({
    '.config/nanocoder/agents.config.json': {
      nanocoder: {
        providers: [{ name: 'mock', baseUrl: `${model}/v1`, apiKey: 'sk-mock', models: ['mock'] }],
      },
    },
    '.config/nanocoder/nanocoder-preferences.json': { trustedDirectories: trusted ? [folder] : [] },
  }),
};
