import type { UsageSource } from '../../contract/limits/reading.ts';

/** The plan's own login must answer: a key or a session of the caller's would speak of another account. */
export const CLAUDE_ENV: Readonly<Record<string, string | undefined>> = {
  CLAUDECODE: undefined,
  CLAUDE_CODE_ENTRYPOINT: undefined,
  CLAUDE_CODE_SESSION_ID: undefined,
  CLAUDE_CODE_OAUTH_TOKEN: undefined,
  ANTHROPIC_API_KEY: undefined,
  ANTHROPIC_AUTH_TOKEN: undefined,
  ANTHROPIC_BASE_URL: undefined,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: undefined,
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
};

/** What both questions to the program itself have in common. */
export const THROUGH_CLAUDE = {
  provider: 'claude-code',
  reach: 'network',
  reads: 'the login that Claude keeps, through claude -p',
  hosts: ['api.anthropic.com'],
  confidence: 'local_cli',
  deadline_ms: 20_000,
} as const satisfies Partial<UsageSource>;
