import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 0.61.0 reads them. */
export const rehearsal: Rehearsal = {
  package: '@google/gemini-cli',
  env: (model) => ({ GOOGLE_GEMINI_BASE_URL: model, GEMINI_API_KEY: 'mock-key' }),
  files: ({ folder, trusted }) => ({
    '.gemini/settings.json': {
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: true } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      // With `Auto` it asks a model which model to ask.
      model: { name: 'gemini-2.5-pro' },
    },
    ...(trusted && { '.gemini/trustedFolders.json': { [folder]: 'TRUST_FOLDER' } }),
  }),
};
