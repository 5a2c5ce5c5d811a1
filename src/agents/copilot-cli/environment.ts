import type { CallersOwn } from '../contract/callers-own.ts';

/**
 * What the launcher of Copilot sets for the program that it unpacks and starts (read in the launcher of 1.0.102).
 * COPILOT_HOME, COPILOT_CACHE_HOME, COPILOT_AUTO_UPDATE, COPILOT_GITHUB_TOKEN, GH_TOKEN and GITHUB_TOKEN configure it
 * and reach the worker.
 */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason:
      'They name the version and the folder of the program that the caller runs, which may be another one.',
    names: [
      'COPILOT_CLI_BINARY_VERSION',
      'COPILOT_CLI_DIST_DIR',
      'COPILOT_CLI_RESOLVED_DIST_DIR',
      'COPILOT_CLI_VERSION',
      'COPILOT_PACKAGE_IDENTITY',
    ],
  },
  {
    reason: 'They say that the process runs inside a Copilot.',
    names: ['COPILOT_CLI', 'COPILOT_AGENT_SESSION_ID'],
  },
];
