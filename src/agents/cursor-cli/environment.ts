import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What Cursor sets in its terminals and for its agent's commands. CURSOR_API_KEY, CURSOR_CONFIG_DIR and
 * CURSOR_DATA_DIR configure it and reach the worker. From notes of users: its installer is no npm package.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside Cursor or its agent, and in which session.',
    names: ['CURSOR_AGENT', 'CURSOR_CLI', 'CURSOR_INVOKED_AS', 'CURSOR_SESSION_ID', 'CURSOR_TRACE_ID'],
  },
];
