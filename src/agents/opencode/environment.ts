import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What OpenCode sets for itself and its commands (read in the binary of 1.18.33). OPENCODE_CONFIG, _CONFIG_DIR,
 * _CONFIG_CONTENT, _API_KEY, _AUTH_CONTENT, _PERMISSION, _DB and the switches configure it and reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside an OpenCode, and in which.',
    names: [
      'AGENT',
      'OPENCODE',
      'OPENCODE_CLIENT',
      'OPENCODE_PID',
      'OPENCODE_TERMINAL',
      'OPENCODE_WORKSPACE_ID',
    ],
  },
  {
    reason: "They open the caller's own server; each worker of OpenCode gets a password of its own.",
    names: ['OPENCODE_SERVER_PASSWORD', 'OPENCODE_SERVER_USERNAME'],
  },
  {
    reason: 'It connects one session to its editor.',
    names: ['OPENCODE_EDITOR_SSE_PORT'],
  },
];
