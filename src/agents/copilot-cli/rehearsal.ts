import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 1.0.102 reads them. */
export const rehearsal: Rehearsal = {
  package: '@github/copilot',
  // With a custom model provider it asks for no account.
  env: (model) => ({
    COPILOT_PROVIDER_BASE_URL: `${model}/v1`,
    COPILOT_PROVIDER_API_KEY: 'sk-mock',
    COPILOT_MODEL: 'mock',
    COPILOT_OFFLINE: 'true',
  }),
  files: ({ folder, trusted }) => ({
    '.copilot/config.json': trusted ? { trustedFolders: [folder] } : {},
  }),
};
