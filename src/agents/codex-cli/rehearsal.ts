import type { Rehearsal } from '../contract/rehearsal.ts';

/** As the program of 0.171.0 reads them. */
export const rehearsal: Rehearsal = {
  package: '@openai/codex',
  env: () => ({ MOCK_API_KEY: 'sk-mock' }),
  files: ({ model, folder, trusted }) => ({
    '.codex/config.toml': [
      'model = "mock"',
      'model_provider = "mock"',
      'approval_policy = "on-request"',
      'sandbox_mode = "workspace-write"',
      '[features]',
      'default_mode_request_user_input = true',
      '[model_providers.mock]',
      'name = "mock"',
      `base_url = "${model}/v1"`,
      'wire_api = "responses"',
      'env_key = "MOCK_API_KEY"',
      'request_max_retries = 1',
      'stream_max_retries = 1',
      ...(trusted ? [`[projects."${folder}"]`, 'trust_level = "trusted"'] : []),
    ].join('\n'),
  }),
};
