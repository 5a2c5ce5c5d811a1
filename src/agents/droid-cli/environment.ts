import type { CallersOwn } from '../contract/callers-own.ts';

/** What Droid sets for its hooks, as Factory's reference of hooks has it. FACTORY_API_KEY reaches the worker. */
export const callersOwn: readonly CallersOwn[] = [
  {
    reason: 'They name the folders of the hook or plugin that the caller runs.',
    names: ['DROID_PLUGIN_ROOT', 'FACTORY_PROJECT_DIR'],
  },
];
