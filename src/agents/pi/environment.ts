import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What pi sets for its commands (docs/environment-variables.md of 1.6.0). PI_CODING_AGENT_DIR, PI_OFFLINE and the other
 * variables that configure it reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside a pi, and in which session.',
    names: [
      'AI_AGENT',
      'PI_CODING_AGENT',
      'PI_MODEL',
      'PI_PROVIDER',
      'PI_REASONING_LEVEL',
      'PI_SESSION_FILE',
      'PI_SESSION_ID',
    ],
  },
];
