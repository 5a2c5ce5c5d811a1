import type { CallersOwn } from '../contract/callers-own.ts';

/** What Continue sets for its hooks and for its own restart (read in the program of 1.5.47). CONTINUE_GLOBAL_DIR and its keys reach the worker. */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They name the folder of the hook that the caller runs.',
    names: ['CLAUDE_PROJECT_DIR', 'CONTINUE_PROJECT_DIR'],
  },
  {
    reason: 'The caller has started again after an update, and looks for no other.',
    names: ['CONTINUE_CLI_AUTO_UPDATED'],
  },
];
