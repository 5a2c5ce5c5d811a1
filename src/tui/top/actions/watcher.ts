import { reconcile } from '../../../workers/commands/reconcile.ts';
import { isWatched } from '../../../workers/core/watcher/liveness.ts';
import type { FreeAction } from './action.ts';

/** Starts the watcher where none runs, or another one in the place of one that hangs, as every command does. */
export const watcher: FreeAction = {
  key: 'W',
  label: 'watch',
  help: 'Start the watcher if none runs, and record what happened meanwhile.',
  isHidden: true,
  needs: 'nothing',
  async run({ app, dialogs }) {
    if (!app.config.watcher.enabled) {
      dialogs.say('config.yaml has switched the watcher off (watcher.enabled).');
      return;
    }
    if (isWatched(app.ledger, app.paths)) {
      dialogs.say('A watcher runs.');
      return;
    }
    dialogs.say('starts the watcher …', 'busy');
    await reconcile(app);
    dialogs.say('The watcher is starting.');
  },
};
