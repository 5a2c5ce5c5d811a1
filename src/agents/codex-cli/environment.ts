import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What Codex sets for the commands that it starts (read in the binary of 0.171.0). CODEX_HOME, CODEX_API_KEY,
 * CODEX_ACCESS_TOKEN, CODEX_CA_CERTIFICATE, CODEX_OSS_BASE_URL and every OPENAI_* configure it and reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason:
      "They say that the process runs in the caller's sandbox; a Codex that believes it starts no sandbox of its own.",
    names: ['CODEX_SANDBOX', 'CODEX_SANDBOX_NETWORK_DISABLED'],
  },
  {
    reason: 'They name the conversation and the program that the caller belongs to.',
    names: [
      'CODEX_CI',
      'CODEX_INTERNAL_ORIGINATOR_OVERRIDE',
      'CODEX_SESSION_ID',
      'CODEX_SNAPSHOT_SOURCE',
      'CODEX_STARTING_DIFF',
      'CODEX_THREAD_ID',
    ],
  },
  {
    reason:
      "The launcher of an installation sets them for its own binary, which may be another one than the worker's.",
    names: ['CODEX_MANAGED_BY_BUN', 'CODEX_MANAGED_BY_NPM', 'CODEX_MANAGED_PACKAGE_ROOT'],
  },
];
