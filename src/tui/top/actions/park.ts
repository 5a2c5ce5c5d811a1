import { moment } from '../../../usage/capacity/window-words.ts';
import { interruptWorker } from '../../../workers/commands/interrupt.ts';
import { resumeWorker } from '../../../workers/commands/resume/resume.ts';
import { continueNow, parkWorker } from '../../../workers/watch/parking/by-caller.ts';
import type { Given, WorkerAction } from './action.ts';
import { neverRan, nowOf } from './fresh.ts';

/** Lets a worker wait for a reset, ends that wait, or starts a worker again whose process is gone. */
export const park: WorkerAction = {
  key: 'p',
  label: 'park',
  help: 'Let the worker wait for its limit, go on with a parked one, or resume one that has ended.',
  needs: 'worker',
  isPossible: ({ session }) => {
    const { state, alive, successor } = session;
    if (state === 'QUEUED') return 'It waits in the queue: agentpool queue move changes its place.';
    if (alive === 1) return whyNotParked(state);
    return neverRan(session) ?? (successor === null ? null : `${successor} goes on with its work.`);
  },
  async run(given) {
    const { session } = given;
    if (session.alive !== 1) return resumed(given);
    return session.state === 'PARKED' ? unparked(given) : parked(given);
  },
};

function whyNotParked(state: string): string | null {
  if (state === 'PARKED' || state === 'IDLE' || state === 'READY') return null;
  return state === 'COMPLETED' || state === 'FAILED'
    ? 'It waits for nothing: s gives it more work.'
    : 'It is at work: only a worker at its prompt can wait for a limit.';
}

async function parked({ app, session, dialogs, snapshot }: Given): Promise<void> {
  const { until } = parkWorker(app, nowOf({ app, session }));
  const at = until === null ? 'its reset' : moment(until, snapshot.at, undefined);
  dialogs.say(`${session.id} is parked: it goes on at ${at}`);
}

async function unparked({ app, session, dialogs }: Given): Promise<void> {
  const what = await dialogs.choose({
    title: `${session.id} waits for its limit`,
    items: [
      { value: 'continue' as const, label: 'go on now', note: 'its limit may stop it again' },
      { value: 'stop' as const, label: 'do not go on by itself', note: 'it stays at its prompt' },
    ],
  });
  if (what === null) return;
  const now = nowOf({ app, session });
  if (now.state !== 'PARKED') {
    dialogs.say(`${session.id} is not parked any more: nothing was done.`);
    return;
  }
  dialogs.say(what === 'continue' ? 'continues …' : 'ends its wait …', 'busy');
  if (what === 'stop') {
    await interruptWorker(app, now);
    dialogs.say(`${session.id} does not wait any more`);
    return;
  }
  const why = await continueNow(app, now);
  dialogs.say(
    why === null ? `${session.id} goes on` : `It could not go on: ${why}. Enter opens its terminal.`,
  );
}

async function resumed({ app, session, dialogs }: Given): Promise<void> {
  const how = await dialogs.choose({
    title: `Resume ${session.id}`,
    intro: [session.task],
    items: [
      { value: 'as it was' as const, label: 'go on as it was' },
      { value: 'task' as const, label: 'go on with a new task' },
    ],
  });
  if (how === null) return;
  const task =
    how === 'task'
      ? await dialogs.write({ title: `The next task of ${session.id}`, done: 'starts it' })
      : null;
  if (how === 'task' && task === null) return;
  dialogs.say(`resumes ${session.id} …`, 'busy');
  const { run, mode, warnings } = await resumeWorker(app, nowOf({ app, session }), {
    task,
    conversation: null,
  });
  const where = mode === 'conversation' ? 'in its conversation' : 'in a new conversation, with a brief';
  const warning = warnings[0];
  dialogs.say(`${session.id} goes on as run ${run} ${where}${warning === undefined ? '' : `  ! ${warning}`}`);
}
