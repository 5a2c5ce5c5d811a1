import { handOver } from '../../../workers/commands/handoff/handoff.ts';
import type { WorkerAction } from './action.ts';
import { chooseWho } from './destination.ts';
import { nameOf, neverRan, nowOf } from './fresh.ts';

/** Lets another agent go on with the work of the worker. */
export const handoff: WorkerAction = {
  key: 'h',
  label: 'hand over',
  help: 'Let another agent go on with the work, in the same folder.',
  needs: 'worker',
  isPossible: ({ session }) =>
    neverRan(session) ?? (session.successor === null ? null : `${session.successor} goes on with its work.`),
  async run(given) {
    const { app, session, dialogs } = given;
    const to = await chooseWho(given, `Hand over ${session.id}`);
    if (!to) return;
    const isSure = await dialogs.confirm({
      title: `Hand over ${session.id}`,
      question: `${to.name} goes on with ${nameOf(session)} in the same folder. ${
        session.alive === 1 ? 'The worker is stopped and ended.' : 'The worker has already ended.'
      }`,
      yes: { key: 'h', label: 'hand it over' },
    });
    if (!isSure) return;
    dialogs.say(`hands ${session.id} over to ${to.name} …`, 'busy');
    const { successor } = await handOver(app, nowOf({ app, session }), {
      to,
      note: null,
      keep: false,
      because: 'caller',
      tried: [],
    });
    dialogs.say(`${successor} (${to.name}) goes on with the work of ${session.id}`);
  },
};
