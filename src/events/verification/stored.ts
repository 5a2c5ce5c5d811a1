import type { StoredEvent } from '../event.ts';
import type { Connection } from '../store/connection.ts';
import { type EventValues, eventsQuery, storedEvent } from '../store/event-rows.ts';

/** The event at a position as it is stored; undefined if there is none. */
export function storedEventAt(connection: Connection, position: number): StoredEvent | undefined {
  const { sql, values } = eventsQuery({ from: position, limit: 1 });
  const found = connection.prepareArrays<unknown[], EventValues>(sql).get(...values);
  return found?.[0] === position ? storedEvent(found) : undefined;
}
