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

const AGE = `
  SELECT extract(epoch FROM at.now - received_at)::float8 * 1000 AS received_ms_ago,
    extract(epoch FROM at.now)::float8 * 1000 AS now_ms, ahead_ms::float8 AS ahead_ms
  FROM agentpool.events JOIN agentpool.machines USING (machine), (SELECT clock_timestamp() AS now) AS at
  WHERE machine_id = $1 AND events.position = $2`;

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

/**
 * How old an event of a machine is by the clock of the database, in milliseconds: since it arrived there, or since it
 * happened by the clock of the machine, corrected by how far that is ahead, whichever is longer. An event that was kept
 * back while its machine had no link is as old as it is. Null if the database does not have it.
 */
export async function ageOf(
  database: Database,
  machineId: string,
  { position, occurred_at }: { position: number; occurred_at: string },
): Promise<number | null> {
  const row = await database.row<{ received_ms_ago: number; now_ms: number; ahead_ms: number }>(AGE, [
    machineId,
    position,
  ]);
  if (!row) return null;
  const happenedAt = Date.parse(occurred_at) - row.ahead_ms;
  return Math.max(row.received_ms_ago, row.now_ms - happenedAt);
}
