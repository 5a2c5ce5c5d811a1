import type { Rehearsal } from '../contract/rehearsal.ts';

/** A model of the user's own, as the program of 1.0.41 reads it in config.toml; it needs no sign-in. */
export const rehearsal: Rehearsal = {
  package: '@xai-official/grok',
  env: () => ({ MOCK_API_KEY: 'sk-mock' }),
  files: ({ model }) => ({
    '.grok/config.toml': [
      '[models]',
      'default = "mock"',
      '',
      '[model.mock]',
      'model = "mock"',
      `base_url = "${model}/v1"`,
      'env_key = "MOCK_API_KEY"',
      'name = "Mock"',
      'context_window = 200000',
      '',
    ].join('\n'),
  }),
};
