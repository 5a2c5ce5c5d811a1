import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 1.6.0 reads them. */
export const rehearsal: Rehearsal = {
  package: '@earendil-works/pi-coding-agent',
  env: () => ({ PI_OFFLINE: '1', PI_TELEMETRY: '0' }),
  files: ({ model }) => ({
    '.pi/agent/models.json': {
      providers: {
        mock: {
          baseUrl: `${model}/v1`,
          api: 'openai-completions',
          apiKey: 'sk-mock',
          models: [{ id: 'mock', name: 'Mock' }],
        },
      },
    },
    '.pi/agent/settings.json': { defaultProvider: 'mock', defaultModel: 'mock' },
  }),
  // It runs everything without a question; the model asks in words.
  lacks: ['approval'],
};
