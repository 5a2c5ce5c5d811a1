import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 0.24.4 reads them. */
export const rehearsal: Rehearsal = {
  package: '@qwen-code/qwen-code',
  env: (model) => ({ OPENAI_API_KEY: 'sk-mock', OPENAI_BASE_URL: `${model}/v1`, OPENAI_MODEL: 'mock' }),
  files: ({ folder, trusted }) => ({
    '.qwen/settings.json': {
      security: { auth: { selectedType: 'openai' }, folderTrust: { enabled: true } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
    },
    ...(trusted && { '.qwen/trustedFolders.json': { [folder]: 'TRUST_FOLDER' } }),
  }),
};
