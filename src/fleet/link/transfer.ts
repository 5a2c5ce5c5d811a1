import type { StoredEvent } from '../../events/event.ts';
import type { EventStore } from '../../events/store/store.ts';
import type { Replica } from '../replicas/replica.ts';
import type { Database } from '../server/connection.ts';
import { addEvents, eventsAfter } from '../server/logs.ts';
import type { Machine } from '../server/machines.ts';

/** Events a batch. Larger ones are no faster, and other processes wait longer for the log and the link. */
export const BATCH = 1000;

/** Sends the next events of this machine's log; returns the position that the database has it up to. */
export async function ship(
  store: Pick<EventStore, 'readAll'>,
  database: Database,
  machine: number,
  after: number,
): Promise<number> {
  const events = store.readAll({ from: after + 1, limit: BATCH });
  if (events.length > 0) await addEvents(database, machine, events);
  return after + events.length;
}

/** Fetches the next events of another machine, and returns them. */
export async function pull(
  database: Database,
  { machine }: Machine,
  replica: Replica,
): Promise<StoredEvent[]> {
  const events = await eventsAfter(database, machine, replica.position, BATCH);
  if (events.length > 0) replica.add(events);
  return events;
}
