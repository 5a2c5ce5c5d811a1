import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What Cline sets for its own processes (names in the program of 3.0.65). CLINE_API_KEY, CLINE_DIR, CLINE_DATA_DIR and the
 * other variables that configure it reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process is a part of a Cline, and of which.',
    names: ['CLINE_HOOK_AGENT_RESUME', 'CLINE_RUN_AS_HUB_DAEMON', 'CLINE_WRAPPER_PATH'],
  },
  {
    reason: "They connect to the caller's own server.",
    names: ['CLINE_RPC_ADDRESS'],
  },
];
