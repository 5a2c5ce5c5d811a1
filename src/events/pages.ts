import type { StoredEvent } from './event.ts';
import type { EventStore, ReadOptions } from './store.ts';

const PAGE = 1000;

/**
 * Every matching event, a page at a time: whoever prints them into a pipe that nobody empties (`| less`) keeps no read
 * transaction open, which would keep the write-ahead log growing.
 */
export function* pages(store: EventStore, options: Omit<ReadOptions, 'limit'>): Generator<StoredEvent> {
  for (let from = options.from ?? 1; ; ) {
    const events = store.readAll({ ...options, from, limit: PAGE });
    yield* events;
    const last = events.at(-1);
    if (!last || events.length < PAGE) return;
    from = last.position + 1;
  }
}
