import type { DomainEvent, EventData, EventType } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { next, type WorkerSignal } from './machine.ts';
import type { Worker } from './state.ts';

/** Code 0 is a worker that finished, with or without a result; anything else is a failure. */
export const exitOutcome = ({ code, signal }: Pick<EventData<'worker.exited'>, 'code' | 'signal'>) =>
  code === 0 && signal === null ? 'completed' : 'failed';

/** The machine's signal for an event; null for an event that does not concern it. The only mapping of the two. */
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

/** Ends that apply in any state: a worker whose turn has ended already keeps its state. */
const ENDINGS: ReadonlySet<EventType> = new Set([
  'worker.exited',
  'worker.deadline_exceeded',
  'worker.lost',
  'worker.terminated',
]);

/** What may still be recorded of a worker whose process is gone. */
const ALLOWED_AFTER_END: ReadonlySet<EventType> = new Set([
  'worker.message_delivered',
  'worker.collected',
  'worker.terminated',
  'worktree.created',
  'worktree.removed',
]);

/** What the machine makes of an event: the next state, or why the event cannot have happened. */
export type CheckResult = { state: WorkerState; objection: null } | { state: null; objection: string };

/** Checks an event of a worker's stream again, without using the state that it carries. Pure. */
export function checkWorker(worker: Worker, event: DomainEvent): CheckResult {
  const { state } = worker;
  if (event.type === 'worker.spawn_requested') {
    return state ? objection('this worker had been requested before') : accepts('STARTING');
  }
  if (!state) return objection('this worker was never requested');
  if (!worker.alive && !ALLOWED_AFTER_END.has(event.type)) return objection('its process was gone before');
  if (worker.terminated && event.type === 'worker.terminated') return objection('it had been ended before');
  const signal = signalOf(event);
  if (!signal) return accepts(state);
  const to = next(state, signal);
  if (to) return accepts(to);
  return ENDINGS.has(event.type)
    ? accepts(state)
    : objection(`a worker in state ${state} refuses ${signal.type}`);
}

const accepts = (state: WorkerState): CheckResult => ({ state, objection: null });
const objection = (why: string): CheckResult => ({ state: null, objection: why });
