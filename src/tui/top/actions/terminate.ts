import { counted } from '../../../lib/text/counted.ts';
import { terminateWorker } from '../../../workers/commands/ending/terminate.ts';
import type { WorkerAction } from './action.ts';
import { nameOf, nowOf } from './fresh.ts';

/** Ends the worker and everything that it started, after a question. */
export const terminate: WorkerAction = {
  key: 'x',
  label: 'end',
  help: 'End the worker and every process it started; asks first.',
  needs: 'worker',
  isPossible: ({ session: { alive, state } }) =>
    alive === 1 || state === 'QUEUED' || state === 'LOST' ? null : 'It has ended.',
  async run({ app, session, worker, detail, dialogs }) {
    // What was drawn may be older than what the ledger knows.
    const why = terminate.isPossible({ ...worker, session }, detail);
    if (why !== null) {
      dialogs.say(why);
      return;
    }
    const isQueued = session.state === 'QUEUED';
    const isSure = await dialogs.confirm({
      title: isQueued ? `Drop ${session.id}` : `End ${session.id}`,
      question: isQueued
        ? `Drop ${nameOf(session)} from the queue? It will not start.`
        : `End ${nameOf(session)} and every process it started? Its files and its worktree are kept.`,
      yes: { key: 'x', label: isQueued ? 'drop it' : 'end it' },
    });
    if (!isSure) return;
    const now = nowOf({ app, session });
    if (isQueued && now.state !== 'QUEUED') {
      dialogs.say(`${session.id} has started meanwhile: nothing was ended. Press x again to end it.`);
      return;
    }
    dialogs.say(`ends ${session.id} …`, 'busy');
    const { state, ended, already_terminated } = await terminateWorker(app, now);
    dialogs.say(
      already_terminated
        ? `${session.id} had already ended (${state})`
        : isQueued
          ? `dropped ${session.id} from the queue`
          : `ended ${session.id} and ${counted(ended.length, 'process')}`,
    );
  },
};
