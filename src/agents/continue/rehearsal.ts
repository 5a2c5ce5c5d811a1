import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 1.5.47 reads them; a config of the user's own needs no sign-in. JSON is YAML. */
export const rehearsal: Rehearsal = {
  package: '@continuedev/cli',
  env: () => ({}),
  files: ({ model }) => ({
    // Without it the program asks for a key of Anthropic before it reads its config.
    '.continue/.onboarding_complete': '2026-01-01T00:00:00.000Z',
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
