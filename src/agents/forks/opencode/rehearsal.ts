/** A config of OpenCode or of a fork of it that has our mock of a model and asks before everything. */
export const mockConfig = (model: string): object => ({
  autoupdate: false,
  share: 'disabled',
  model: 'mock/mock',
  small_model: 'mock/mock',
  provider: {
    mock: {
      npm: '@ai-sdk/openai-compatible',
      name: 'Mock',
      options: { baseURL: `${model}/v1`, apiKey: 'sk-mock' },
      models: { mock: { name: 'Mock' } },
    },
  },
  permission: { bash: 'ask', edit: 'ask' },
});
