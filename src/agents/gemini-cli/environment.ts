import type { CallersOwn } from '../contract/callers-own.ts';

/** What Gemini CLI sets for its commands and extensions (read in the program of 0.61.0). Its keys and GOOGLE_* reach the worker. */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside a Gemini CLI, and in which session.',
    names: ['GEMINI_CLI', 'GEMINI_CLI_NO_RELAUNCH', 'GEMINI_SESSION_ID', 'GEMINI_PROJECT_DIR'],
  },
  {
    reason: 'They connect one session to its editor.',
    names: [
      'GEMINI_CLI_IDE_SERVER_PORT',
      'GEMINI_CLI_IDE_SERVER_STDIO_ARGS',
      'GEMINI_CLI_IDE_WORKSPACE_PATH',
    ],
  },
];
