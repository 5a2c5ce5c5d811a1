import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 1.5.47 reads them; a config of the user's own needs no sign-in. JSON is YAML. */
export const rehearsal: Rehearsal = {
  package: '@continuedev/cli',
  env: () => ({ CONTINUE_TELEMETRY_ENABLED: '0' }),
  files: ({ model }) => ({
    '.continue/config.yaml': {
      name: 'Mock',
      version: '1.0.0',
      schema: 'v1',
      models: [
        {
          name: 'Mock',
          provider: 'openai',
          model: 'mock',
          apiBase: `${model}/v1`,
          apiKey: 'sk-mock',
          roles: ['chat'],
        },
      ],
    },
  }),
};
