import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What Kilo sets for itself and its commands (read in the binary of 7.7.9). KILO_CONFIG, _CONFIG_DIR, _CONFIG_CONTENT,
 * _API_KEY, _ORG_ID, _AUTH_CONTENT, _PERMISSION, _DB and the switches configure it and reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside a Kilo, and in which.',
    names: [
      'AGENT',
      'KILO',
      'KILO_BACKGROUND_PROCESS_ID',
      'KILO_BACKGROUND_PROCESS_PORTS',
      'KILO_BACKGROUND_PROCESS_TOKEN',
      'KILO_CLIENT',
      'KILO_PID',
      'KILO_PROCESS_ROLE',
      'KILO_PTY_ID',
      'KILO_RUN_ID',
      'KILO_TERMINAL',
      'KILO_WORKSPACE_ID',
      'KILOCODE_FEATURE',
      'KILOCODE_VERSION',
      'OPENCODE',
    ],
  },
  {
    reason: "They open the caller's own server and browser; each worker of Kilo gets a password of its own.",
    names: [
      'KILO_BROWSER_BROKER_TOKEN',
      'KILO_BROWSER_BROKER_URL',
      'KILO_SERVER_PASSWORD',
      'KILO_SERVER_USERNAME',
    ],
  },
];
