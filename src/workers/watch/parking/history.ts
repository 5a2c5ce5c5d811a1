import type { EventData, LedgerEvent } from '../../../events/catalogue/index.ts';
import type { AwaitedLimit } from '../../../events/catalogue/worker-shapes.ts';
import { awaitedAfter } from '../../core/limits/awaited-limit.ts';
import type { KnownReset } from './reset.ts';

export type ParkedFacts = Omit<EventData<'worker.parked'>, 'state'>;

/** What the ledger says of the waits of one worker: enough for any watcher to go on with them. */
export interface ParkHistory {
  /** The wait that goes on; null if it does not wait. */
  parked: ParkedFacts | null;
  /** The limit that its present process was started to wait for; null once it waits, or has something else to do. */
  awaited: AwaitedLimit | null;
  since: number;
  /** How long it has waited in earlier ones, in milliseconds. */
  waitedMs: number;
}

export const noParks: ParkHistory = { parked: null, awaited: null, since: 0, waitedMs: 0 };

/** Folds one event of the worker. Pure. */
export function evolveParks(history: ParkHistory, event: LedgerEvent): ParkHistory {
  const at = Date.parse(event.occurred_at);
  const awaited = awaitedAfter(history.awaited, event);
  if (event.type === 'worker.parked') {
    const { state: _, ...parked } = event.data;
    return { ...history, parked, awaited, since: history.parked ? history.since : at };
  }
  if (history.parked === null || !('state' in event.data) || event.data.state === 'PARKED')
    return { ...history, awaited };
  const waitedMs = history.waitedMs + Math.max(0, at - history.since);
  return { parked: null, awaited, since: 0, waitedMs };
}

/** How long it has waited so far in all, in milliseconds. */
export const waitedUntil = ({ parked, since, waitedMs }: ParkHistory, now: number): number =>
  waitedMs + (parked ? Math.max(0, now - since) : 0);

/** The reset that a wait knows. */
export const resetOfPark = ({
  until,
  window,
  known_from,
}: Pick<ParkedFacts, 'until' | 'window' | 'known_from'>): KnownReset => ({
  until: until === null ? null : Date.parse(until),
  window,
  from: known_from as KnownReset['from'],
});
