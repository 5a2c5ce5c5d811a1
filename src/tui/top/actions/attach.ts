import { openTerminal } from '../../../workers/commands/steer.ts';
import type { WorkerAction } from './action.ts';
import { nowOf } from './fresh.ts';

/** Opens the terminal of the worker in place of the dashboard, which comes back after Ctrl-b d. */
export const attach: WorkerAction = {
  key: 'enter',
  label: 'attach',
  help: "Open the worker's own terminal; Ctrl-b d comes back.",
  needs: 'worker',
  isPossible: ({ session: { alive, state, pane_pid } }) =>
    state === 'QUEUED' || (alive === 1 && pane_pid === null)
      ? 'It has no terminal yet.'
      : alive === 1
        ? null
        : 'It has ended, and its terminal is gone.',
  async run({ app, session, dialogs }) {
    const now = nowOf({ app, session });
    const code = await dialogs.outside((signal) => openTerminal(app, now, signal));
    dialogs.say(
      code === 0
        ? `left ${session.id}: it keeps running`
        : `the terminal of ${session.id} is closed: it may have ended`,
    );
  },
};
