import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';

/** What an event is to a person who looks for it. */
export const eventKinds = [
  'question',
  'approval',
  'answer',
  'limit',
  'park',
  'continue',
  'queue',
  'command',
  'hand',
  'done',
  'fail',
  'state',
  'note',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** The kind of an event of a worker that was in the state `before`. */
export function kindOf(event: LedgerEvent, before: WorkerState | null): EventKind {
  switch (event.type) {
    case 'worker.transitioned':
      return transition(event.data.observe_event, event.data.state);
    case 'worker.message_sent':
      if (event.data.continuation) return 'continue';
      return before?.startsWith('AWAITING') ? 'answer' : 'command';
    case 'worker.keys_sent':
      return before?.startsWith('AWAITING') ? 'answer' : 'command';
    case 'worker.exited':
      if (event.data.state === 'COMPLETED') return 'done';
      return event.data.state === 'CANCELLED' ? 'state' : 'fail';
    case 'worker.limit_warned':
    case 'worker.retrying':
      return 'limit';
    case 'worker.parked':
      return 'park';
    case 'worker.park_ended':
      return 'continue';
    case 'worker.queued':
    case 'worker.queue_moved':
    case 'worker.requeued':
    case 'worker.dequeued':
      return 'queue';
    case 'worker.handover_requested':
    case 'worker.handed_over':
    case 'worker.took_over':
      return 'hand';
    case 'worker.spawn_failed':
    case 'worker.resume_failed':
    case 'worker.handover_failed':
    case 'worker.deadline_exceeded':
    case 'worker.watch_failed':
    case 'worker.lost':
      return 'fail';
    case 'worker.spawn_requested':
    case 'worker.resume_requested':
    case 'worker.message_drafted':
    case 'worker.interrupted':
    case 'worker.collected':
    case 'worker.patch_applied':
    case 'worker.termination_requested':
      return 'command';
    default:
      return 'note';
  }
}

function transition(saw: string, state: WorkerState): EventKind {
  if (saw === 'question') return 'question';
  if (saw === 'approval_prompt' || saw === 'overage_prompt') return 'approval';
  if (state === 'COMPLETED') return 'done';
  if (state === 'FAILED') return 'fail';
  return saw === 'limit_warning' ? 'limit' : 'state';
}
