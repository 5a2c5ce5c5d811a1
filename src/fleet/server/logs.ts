import type { StoredEvent } from '../../events/event.ts';
import { type EventValues, storedEvent } from '../../events/store/event-rows.ts';
import { rowValues } from '../../events/store/hash.ts';
import type { Database } from './connection.ts';
import { COLUMNS } from './schema.ts';

const names = COLUMNS.map(([name]) => name).join(', ');

/** One statement for a batch of any size: each column is one array. */
const insertInto = (table: string) => `
  INSERT INTO ${table} (machine, ${names}, hash)
  SELECT $1, ${names}, decode(hash, 'hex')
  FROM unnest(${COLUMNS.map(([, type], at) => `$${at + 2}::${type}[]`).join(', ')}, $${COLUMNS.length + 2}::text[])
    AS sent(${names}, hash)`;

const SELECT = `
  SELECT ${COLUMNS.map(([name, type]) => (type === 'bigint' ? `${name}::float8` : name)).join(', ')}, encode(hash, 'hex')
  FROM agentpool.events WHERE machine = $1 AND position > $2 ORDER BY position LIMIT $3`;

/**
 * Adds events to the log of a machine, all or none. The benchmark names a table that checks nothing.
 * @throws FLEET_LOG_REFUSED where they do not go on at its end; FLEET_WRITER_OTHER
 */
export async function addEvents(
  database: Database,
  machine: number,
  events: readonly StoredEvent[],
  table = 'agentpool.events',
): Promise<void> {
  const rows = events.map(rowValues);
  const columns = COLUMNS.map((_, at) => rows.map((row) => row[at]));
  await database.rows(insertInto(table), [machine, ...columns, events.map(({ hash }) => hash)]);
}

/** The events of a machine after a position, at most so many. */
export async function eventsAfter(
  database: Database,
  machine: number,
  position: number,
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await database.arrays(SELECT, [machine, position, limit]);
  return rows.map((row) => storedEvent(row as unknown as EventValues));
}

/** The hash of one event of a machine; null if it is not there. */
export async function hashAt(database: Database, machine: number, position: number): Promise<string | null> {
  const row = await database.row<{ hash: string }>(
    "SELECT encode(hash, 'hex') AS hash FROM agentpool.events WHERE machine = $1 AND position = $2",
    [machine, position],
  );
  return row?.hash ?? null;
}
