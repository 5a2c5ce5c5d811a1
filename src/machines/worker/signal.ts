import type { DomainEvent, EventData, EventType } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { handoverFailure } from './handover.ts';
import { next, type WorkerSignal } from './machine.ts';
import { noWorker, type Worker } from './state.ts';

/** Code 0 is a worker that finished, with or without a result; anything else is a failure, or a loss. */
export const exitOutcome = ({
  code,
  signal,
  resumable,
}: Pick<EventData<'worker.exited'>, 'code' | 'signal' | 'resumable'>) =>
  code === 0 && signal === null ? 'completed' : resumable ? 'lost' : 'failed';

/** Signals by which a process dies of a crash, or of the end of the machine. */
const CRASHES = ['HUP', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'SEGV', 'SYS', 'TERM'];
/** How a launcher reports such a signal of its program: 128 and the signal's number. */
const CRASH_CODES = [129, 132, 133, 134, 135, 136, 137, 139, 143];

/** Whether it is an end that no caller asked for, in the middle of its work: then it may be resumed. */
export const isCrash = ({ code, signal }: Pick<EventData<'worker.exited'>, 'code' | 'signal'>): boolean =>
  signal !== null
    ? CRASHES.includes(signal.replace(/^SIG/, ''))
    : code !== null && CRASH_CODES.includes(code);

/** The machine's signal for an event; null for an event that does not concern it. The only mapping of the two. */
export function signalOf(event: DomainEvent, worker: Worker = noWorker): WorkerSignal | null {
  const { resumedFrom } = worker;
  switch (event.type) {
    case 'worker.dequeued':
      return { type: 'dequeued' };
    case 'worker.requeued':
      return { type: 'requeued' };
    case 'worker.resume_requested':
      return { type: 'resume_requested' };
    case 'worker.resume_failed':
      return resumedFrom === null ? { type: 'spawn_failed' } : { type: 'resume_failed', from: resumedFrom };
    case 'worker.parked':
      return { type: 'parked' };
    case 'worker.park_ended':
      return { type: 'park_ended' };
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
      return { type: 'lost', resumable: event.data.resumable ?? false };
    case 'worker.terminated':
      return { type: 'terminated' };
    case 'worker.handover_failed':
      return handoverFailure(worker);
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
  'worker.handover_failed',
]);

/** What may still be recorded of a worker whose process is gone. */
const ALLOWED_AFTER_END: ReadonlySet<EventType> = new Set([
  'worker.message_delivered',
  'worker.collected',
  'worker.patch_applied',
  'worker.files_removed',
  'worker.terminated',
  'worker.conversation_identified',
  'worker.resume_requested',
  'worker.handover_requested',
  'worker.handed_over',
  'worker.handover_failed',
  'worktree.created',
  'worktree.removed',
]);

/** The events of a request that waits, beside its start. */
const OF_QUEUE: ReadonlySet<EventType> = new Set(['worker.queue_moved', 'worker.dequeued']);

/** What the machine makes of an event: the next state, or why the event cannot have happened. */
export type CheckResult = { state: WorkerState; objection: null } | { state: null; objection: string };

/** Checks an event of a worker's stream again, without using the state that it carries. Pure. */
export function checkWorker(worker: Worker, event: DomainEvent): CheckResult {
  const { state } = worker;
  if (event.type === 'worker.queued')
    return state ? objection('this worker had been requested before') : accepts('QUEUED');
  if (event.type === 'worker.spawn_requested')
    return state && state !== 'QUEUED'
      ? objection('this worker had been requested before')
      : accepts('STARTING');
  if (!state) return objection('this worker was never requested');
  if (OF_QUEUE.has(event.type) !== (state === 'QUEUED'))
    return objection(`a worker in state ${state} refuses ${event.type}`);
  if (event.type === 'worker.resume_requested' && worker.alive) return objection('its process still ran');
  if (event.type === 'worker.resume_failed' && worker.resumedFrom === null)
    return objection('it was not being resumed');
  if (event.type === 'worker.requeued' && (worker.started || !worker.queued))
    return objection(worker.started ? 'it had started' : 'it had not waited before');
  const unrequested = handoverObjection(worker, event);
  if (unrequested !== null) return objection(unrequested);
  if (!worker.alive && !OF_QUEUE.has(event.type) && !ALLOWED_AFTER_END.has(event.type))
    return objection('its process was gone before');
  if (worker.terminated && event.type === 'worker.terminated') return objection('it had been ended before');
  const signal = signalOf(event, worker);
  if (!signal) return accepts(state);
  const to = next(state, signal);
  if (to) return accepts(to);
  return ENDINGS.has(event.type)
    ? accepts(state)
    : objection(`a worker in state ${state} refuses ${signal.type}`);
}

const accepts = (state: WorkerState): CheckResult => ({ state, objection: null });
const objection = (why: string): CheckResult => ({ state: null, objection: why });

/** Why the history of a handover cannot be true; null if it can. */
function handoverObjection({ handover }: Worker, event: DomainEvent): string | null {
  switch (event.type) {
    case 'worker.handover_requested':
      return handover === null ? null : `it was being handed over to ${handover.successor} before`;
    case 'worker.handed_over':
    case 'worker.handover_failed':
      return handover?.successor === event.data.successor ? null : 'that handover was never requested';
    default:
      return null;
  }
}
