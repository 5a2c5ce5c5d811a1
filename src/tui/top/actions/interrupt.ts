import { interruptWorker } from '../../../workers/commands/interrupt.ts';
import type { WorkerAction } from './action.ts';
import { nowOf } from './fresh.ts';

/** Stops the turn of the worker; it keeps running. */
export const interrupt: WorkerAction = {
  key: 'i',
  label: 'interrupt',
  help: "Stop the worker's turn; the worker keeps running.",
  needs: 'worker',
  isPossible: ({ session: { alive } }) => (alive === 1 ? null : 'It does not run.'),
  async run({ app, session, dialogs }) {
    dialogs.say(`interrupts ${session.id} …`, 'busy');
    const { keys, delivery, reason } = await interruptWorker(app, nowOf({ app, session }));
    const pressed = keys.length > 0 ? `pressed ${keys.join(' ')}` : 'pressed nothing';
    dialogs.say(
      delivery === 'delivered' ? `${session.id} has stopped its turn` : `${pressed}: ${reason ?? 'unproven'}`,
    );
  },
};
