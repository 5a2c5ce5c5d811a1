import type { EventType, LedgerEvent } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import type { Stay } from './schema.ts';

/** The types of events that lead a worker into a state; the others carry the state that it is in. */
const LEADING: ReadonlySet<EventType> = new Set<EventType>([
  'worker.queued',
  'worker.requeued',
  'worker.dequeued',
  'worker.spawn_requested',
  'worker.resume_requested',
  'worker.resume_failed',
  'worker.parked',
  'worker.park_ended',
  'worker.started',
  'worker.spawn_failed',
  'worker.prompt_delivered',
  'worker.message_sent',
  'worker.message_delivered',
  'worker.interrupted',
  'worker.transitioned',
  'worker.exited',
  'worker.deadline_exceeded',
  'worker.lost',
  'worker.collected',
  'worker.terminated',
  'worker.handover_failed',
]);

/** An event that led a worker into another state. */
export interface StateEntry {
  position: number;
  state: WorkerState;
  entered_at: string;
  /** The observation, or the type of the event. */
  because: string;
}

/** The changes of state among the events of one worker, in order. */
export function entriesOf(events: Iterable<LedgerEvent>): StateEntry[] {
  const entries: StateEntry[] = [];
  for (const { type, position, occurred_at, data } of events) {
    if (!LEADING.has(type) || !('state' in data) || data.state === entries.at(-1)?.state) continue;
    const because = 'observe_event' in data ? `saw ${data.observe_event}` : type;
    entries.push({ position, state: data.state, entered_at: occurred_at, because });
  }
  return entries;
}

/** How long a worker was in which state, from its events in order; each stay ends when the next begins. */
export const staysOf = (events: Iterable<LedgerEvent>): Stay[] =>
  entriesOf(events).map(({ state, entered_at, because }, index, all) => ({
    state,
    entered_at,
    exited_at: all[index + 1]?.entered_at ?? null,
    because,
  }));
