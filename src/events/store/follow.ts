import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../event.ts';
import type { ReadOptions } from './event-rows.ts';
import type { EventStore } from './store.ts';

/** A poll of `PRAGMA data_version` costs some microseconds, so a waiting process may look this often. */
const POLL_MS = 5;
/** Events in memory at once; a follower may begin with a million of them. */
const BATCH = 1000;

/**
 * Every matching event from `from` on, then each new one as soon as any process has appended it, until the signal.
 * The log is polled by its change counter: file watches coalesce and lose events on some systems, the counter does not.
 */
export async function* follow(
  store: EventStore,
  options: Omit<ReadOptions, 'limit'>,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  let next = options.from ?? 1;
  while (!signal.aborted) {
    const seen = store.changeCounter();
    const upTo = store.lastPosition();
    const events = store.readAll({ ...options, from: next, limit: BATCH });
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
      next = event.position + 1;
    }
    if (events.length === BATCH) continue;
    next = Math.max(next, upTo + 1);
    await changed(store, seen, signal);
  }
}

/** Resolves when anybody has appended since `seen` was read, the signal fires, or `forMs` milliseconds have passed. */
export async function changed(
  store: EventStore,
  seen: number,
  signal: AbortSignal,
  forMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const until = performance.now() + forMs;
  while (!signal.aborted && performance.now() < until && store.changeCounter() === seen) await sleep(POLL_MS);
}
