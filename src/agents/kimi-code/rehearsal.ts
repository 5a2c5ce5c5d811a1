import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 2.1.0 reads them. It asks for the trust of every folder; what it remembers is bound to its own home. */
export const rehearsal: Rehearsal = {
  package: '@moonshot-ai/kimi-code',
  env: (model) => ({
    KIMI_MODEL_NAME: 'mock',
    KIMI_MODEL_API_KEY: 'sk-mock',
    KIMI_MODEL_PROVIDER_TYPE: 'openai',
    KIMI_MODEL_BASE_URL: `${model}/v1`,
  }),
  files: () => ({}),
};
