import type { CallersOwn } from '../contract/callers-own.ts';

/** What Qwen Code sets for its commands and daemon (read in the program of 0.24.4). Its keys and addresses reach the worker. */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside a Qwen Code, and in which session.',
    names: ['QWEN_CODE_CLI', 'QWEN_CODE_NO_RELAUNCH', 'QWEN_CODE_PROJECT_DIR', 'QWEN_CODE_SESSION_ID'],
  },
  {
    reason: "They open the caller's own server.",
    names: ['QWEN_SERVER_TOKEN'],
  },
];
