import type { DomainEvent, EventData, EventType } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { next, type WorkerSignal } from './machine.ts';
import type { Worker } from './state.ts';

/** Code 0 is a worker that has done what it did, with or without a result; anything else is a failure. */
export const exitOutcome = ({ code, signal }: Pick<EventData<'worker.exited'>, 'code' | 'signal'>) =>
  code === 0 && signal === null ? 'completed' : 'failed';

/** What the machine heard when this was recorded; null for an event that says nothing to it. The one place that knows. */
export function signalOf(event: DomainEvent): WorkerSignal | null {
  switch (event.type) {
    case 'worker.started':
      return { type: 'started' };
    case 'worker.spawn_failed':
      return { type: 'spawn_failed' };
    case 'worker.prompt_delivered':
      return { type: 'prompt_delivered' };
    case 'worker.message_sent':
      return { type: 'message_sent' };
    case 'worker.transitioned':
      return { type: `saw.${event.data.observe_event}` };
    case 'worker.exited':
      return { type: 'exited', outcome: exitOutcome(event.data) };
    case 'worker.deadline_exceeded':
      return { type: 'deadline_exceeded' };
    case 'worker.lost':
      return { type: 'lost' };
    case 'worker.terminated':
      return { type: 'terminated' };
    default:
      return null;
  }
}

/** Ends that come to a worker whatever its state: one whose turn has ended already stays what it was. */
const ENDS: ReadonlySet<EventType> = new Set([
  'worker.exited',
  'worker.deadline_exceeded',
  'worker.lost',
  'worker.terminated',
]);

/** What may still be recorded of a worker whose process is gone. */
const AFTERWARDS: ReadonlySet<EventType> = new Set([
  'worker.message_delivered',
  'worker.collected',
  'worker.terminated',
  'worktree.created',
  'worktree.removed',
]);

/** What the machine makes of an event: the state that follows, or why this can not have happened. */
export type Verdict = { state: WorkerState; objection: null } | { state: null; objection: string };

/** Judges an event of a worker's stream anew, without a look at the state that it carries. Pure. */
export function checkWorker(worker: Worker, event: DomainEvent): Verdict {
  const { state } = worker;
  if (event.type === 'worker.spawn_requested') {
    return state ? objection('this worker had been asked for before') : lands('STARTING');
  }
  if (!state) return objection('this worker was never asked for');
  if (!worker.alive && !AFTERWARDS.has(event.type)) return objection('its process was gone before');
  if (worker.terminated && event.type === 'worker.terminated') return objection('it had been ended before');
  const signal = signalOf(event);
  if (!signal) return lands(state);
  const to = next(state, signal);
  if (to) return lands(to);
  return ENDS.has(event.type) ? lands(state) : objection(`a worker that is ${state} takes no ${signal.type}`);
}

const lands = (state: WorkerState): Verdict => ({ state, objection: null });
const objection = (why: string): Verdict => ({ state: null, objection: why });
