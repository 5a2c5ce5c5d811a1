import {
  decode,
  type FoldedEvent,
  isUnreadable,
  type LedgerEvent,
  type UnreadableEvent,
} from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { WorkerSignal } from '../../machines/worker/machine.ts';
import { checkWorker, signalOf } from '../../machines/worker/signal.ts';
import { evolveWorker, noWorker, type Worker } from '../../machines/worker/state.ts';
import type { Divergence } from './check-schema.ts';

export type { Divergence };

/** One event of a worker's history, and how the current code handles it. */
export interface ReplayedEvent<Event extends FoldedEvent = LedgerEvent> {
  event: Event;
  /** The input of the machine; null if the event is no input of it. */
  signal: WorkerSignal | null;
  before: WorkerState | null;
  after: WorkerState | null;
  since_start_ms: number;
  since_previous_ms: number;
  divergence: Divergence | null;
}

/** Replays one worker's history, event by event, with the current machine. */
export class WorkerReplay {
  #worker: Worker = noWorker;
  #startedAt: number | null = null;
  #previousAt = 0;

  get worker(): Worker {
    return this.#worker;
  }

  next<Event extends FoldedEvent>(event: Event): ReplayedEvent<Event> {
    const at = Date.parse(event.occurred_at);
    const before = this.#worker.state;
    const divergence = diverges(this.#worker, event);
    const signal = signalOf(event, this.#worker);
    // Continues from the recorded state, so that one wrong event is reported once and not with all that follow.
    this.#worker = evolveWorker(this.#worker, event);
    const start = this.#startedAt ?? at;
    const previous = this.#startedAt === null ? at : this.#previousAt;
    this.#startedAt = start;
    this.#previousAt = at;
    return {
      event,
      signal,
      before,
      after: this.#worker.state,
      since_start_ms: at - start,
      since_previous_ms: at - previous,
      divergence,
    };
  }
}

/** The steps of one worker. Passes events that this code cannot read to `onUnreadable` and skips them. */
export function* replayWorker(
  history: Iterable<StoredEvent>,
  onUnreadable?: (event: UnreadableEvent) => void,
): Generator<ReplayedEvent> {
  const replay = new WorkerReplay();
  for (const stored of history) {
    const event = decode(stored);
    if (isUnreadable(event)) onUnreadable?.(event);
    else yield replay.next(event);
  }
}

function diverges(worker: Worker, event: FoldedEvent): Divergence | null {
  const verdict = checkWorker(worker, event);
  const recorded = 'state' in event.data ? event.data.state : worker.state;
  if (verdict.objection !== null) {
    const message = `the machine refuses this event: ${verdict.objection}`;
    return disagreement('machine', message, `no ${event.type}`, recorded, event);
  }
  if (event.type === 'worker.transitioned' && event.data.from !== worker.state) {
    const message = `the event says that the worker was ${event.data.from}, it was ${worker.state}`;
    return disagreement('machine', message, worker.state, event.data.from, event);
  }
  if (recorded === verdict.state) return null;
  const message = `the machine leads from ${worker.state ?? 'nothing'} to ${verdict.state}, recorded is ${recorded}`;
  return disagreement('machine', message, verdict.state, recorded, event);
}

export function disagreement(
  where: Divergence['where'],
  message: string,
  expected: unknown,
  actual: unknown,
  event: Pick<StoredEvent, 'event_id' | 'position' | 'type' | 'stream_id'> | null,
): Divergence {
  const named = event && {
    id: event.event_id,
    position: event.position,
    type: event.type,
    stream: event.stream_id,
  };
  return { where, message, expected, actual, event: named };
}
