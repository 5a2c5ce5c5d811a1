import { statSync } from 'node:fs';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Connection } from './connection.ts';
import { EVENT_COLUMNS } from './event-rows.ts';
import { waitingForLock } from './lock-wait.ts';
import { checkpointsTable, EVENT_GUARDS, eventsTable, LEDGER_FORMAT } from './schema.ts';

/** Called after each batch of events. It may end the migration by throwing: nothing has changed then. */
export type OnMigration = (progress: { position: number; last: number }) => void;

/** How long a process waits for another one that migrates: a ledger of some million events takes minutes. */
const WAIT_MS = 30 * 60_000;

const BATCH = 20_000;

/**
 * Brings a ledger of format 1 to the current format; does nothing if another process has done so meanwhile. Every event
 * keeps its bytes and its hash. All of it is one transaction: after a kill or on a full disk the ledger is what it was,
 * and others read it until the new one is there. The tables of the read models go on where they are.
 * @throws LEDGER_DISK_FULL; LEDGER_CORRUPT if not every event can be copied.
 */
export function migrate(
  connection: Connection,
  file: string,
  onMigration: OnMigration = () => {},
  batch = BATCH,
): void {
  waitingForLock(() => connection.exec('BEGIN IMMEDIATE'), undefined, WAIT_MS);
  try {
    if (Number(connection.pragma('user_version', { simple: true })) === 1)
      toFormat2(connection, file, onMigration, batch);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    // Two events with one id, or one version: no current ledger can have them.
    if (codeOf(error).startsWith('SQLITE_CONSTRAINT'))
      throw notWhole(file, errorMessage(error), { cause: error });
    if (codeOf(error) !== 'SQLITE_FULL') throw error;
    // What was rolled back would keep the disk full for all who use the ledger as it is.
    try {
      connection.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // Not even what was there before has space in the file: the log keeps it.
    }
    throw noSpace(file, error);
  }
}

/** As SQLite recommends for a change that ALTER TABLE cannot make: a new table, a copy, and the name of the old one. */
function toFormat2(connection: Connection, file: string, onMigration: OnMigration, batch: number): void {
  // Its pages are the first that the new table takes.
  connection.exec('DROP INDEX IF EXISTS events_by_type');
  connection.exec(eventsTable('events_2'));
  const columns = EVENT_COLUMNS.join(', ');
  const copy = connection.prepare(
    `INSERT INTO events_2 (${columns}) SELECT ${columns} FROM events WHERE position > ? AND position <= ? ORDER BY position`,
  );
  const last = numberOf(connection, 'SELECT coalesce(max(position), 0) FROM events');
  for (let position = 0; position < last; ) {
    copy.run(position, position + batch);
    position = Math.min(last, position + batch);
    onMigration({ position, last });
  }
  const copied = numberOf(connection, 'SELECT count(*) FROM events_2');
  const existing = numberOf(connection, 'SELECT count(*) FROM events NOT INDEXED');
  if (copied !== existing)
    throw notWhole(file, `${existing - copied} of its ${existing} events cannot be copied`);
  connection.exec('DROP TABLE events; ALTER TABLE events_2 RENAME TO events');
  connection.exec(EVENT_GUARDS);
  connection.exec(checkpointsTable('projection_checkpoints_2'));
  connection.exec(`
    INSERT INTO projection_checkpoints_2 SELECT name, generation, version, position, active FROM projection_checkpoints;
    DROP TABLE projection_checkpoints;
    ALTER TABLE projection_checkpoints_2 RENAME TO projection_checkpoints`);
  dropTimeline(connection);
  connection.exec(`PRAGMA user_version = ${LEDGER_FORMAT}`);
}

/** The read model that repeated the states of each worker: they are read from its events. */
function dropTimeline(connection: Connection): void {
  const generations = connection
    .prepare<[], { generation: number }>(
      "SELECT generation FROM projection_checkpoints WHERE name = 'timeline'",
    )
    .all();
  connection.exec('DROP VIEW IF EXISTS timeline');
  for (const { generation } of generations) connection.exec(`DROP TABLE IF EXISTS timeline__${generation}`);
  connection.exec("DELETE FROM projection_checkpoints WHERE name = 'timeline'");
}

const numberOf = (connection: Connection, sql: string): number =>
  Number(connection.prepare<[], number>(sql).pluck().get());

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code);

const notWhole = (file: string, what: string, options: ErrorOptions = {}): AgentPoolError =>
  new AgentPoolError(
    'LEDGER_CORRUPT',
    `${file} cannot be brought to the format of this AgentPool: ${what}. Nothing was changed. Keep it, and put a backup in its place; or export what can be read of it, move it away and import that.`,
    { file, example: 'agentpool ledger export --readable history.ndjson' },
    options,
  );

function noSpace(file: string, cause: unknown): AgentPoolError {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const needed = Math.ceil((2 * size) / 2 ** 20);
  return new AgentPoolError(
    'LEDGER_DISK_FULL',
    `The disk has no space to bring ${file} to the format of this AgentPool; nothing was changed. It takes up to ${needed} MiB, most of it for a moment.`,
    { file, example: 'df -h' },
    { cause },
  );
}
