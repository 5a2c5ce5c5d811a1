import type { EventStore } from '../../events/store/store.ts';

/** Counts the reads of a store while `work` runs: the statements that read events, and the rows they return. */
export function countedReads(store: EventStore, work: () => void): { statements: number; events: number } {
  const counted = { statements: 0, events: 0 };
  const readAll = store.readAll.bind(store);
  store.readAll = (options) => {
    const events = readAll(options);
    counted.statements += 1;
    counted.events += events.length;
    return events;
  };
  try {
    work();
  } finally {
    store.readAll = readAll;
  }
  return counted;
}
