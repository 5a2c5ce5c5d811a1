import type { CallersOwn } from '../contract/callers-own.ts';

/** What Grok sets for its commands and hooks (read in the program of 1.0.41). GROK_HOME, its keys and addresses reach the worker. */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They say that the process runs inside a Grok, and in which session.',
    names: ['GROK_AGENT', 'GROK_AGENT_ID', 'GROK_SESSION_ID', 'GROK_WORKSPACE_ROOT'],
  },
  {
    reason: 'They name the hook or plugin that the caller runs.',
    names: ['GROK_HOOK_EVENT', 'GROK_HOOK_NAME', 'GROK_PLUGIN_DATA', 'GROK_PLUGIN_ROOT'],
  },
];
