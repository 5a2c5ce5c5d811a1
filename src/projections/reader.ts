import { existsSync } from 'node:fs';
import { type Connection, openSqlite } from '../events/store/connection.ts';
import { isLogUsable } from '../events/store/log-header.ts';
import { lastPosition, type Rows } from '../events/store/log-queries.ts';
import { LEDGER_FORMAT } from '../events/store/schema.ts';
import type { Projection } from './projection.ts';
import { checkpointsOf } from './projector/checkpoints.ts';

export type { Rows };

/** A ledger that does not exist yet. */
export const noRows: Rows = { all: () => [], get: () => undefined };

export interface Reader extends Rows {
  /** Runs `work` on one snapshot of the ledger. */
  reading<T>(work: () => T): T;
  close(): void;
}

/**
 * The fast path of a query: a read-only connection, without the catalogue of events and without the code that
 * writes. Null if the ledger does not exist yet, or its tables are not what this code expects: then the slow path
 * (`openLedger`) creates, repairs or refuses it.
 */
export function openReader(file: string, needed: readonly Projection[]): Reader | null {
  if (!existsSync(file) || !isLogUsable(file)) return null;
  let connection: Connection;
  try {
    connection = openSqlite(file, { timeout: 5000 });
  } catch {
    // The slow path reports any problem with the file in more detail.
    return null;
  }
  const reader: Reader = {
    all: <Row>(sql: string, ...values: unknown[]) => connection.prepare(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: unknown[]) =>
      connection.prepare(sql).get(...values) as Row | undefined,
    reading: (work) => connection.transaction(work).deferred(),
    close: () => connection.close(),
  };
  try {
    if (isCurrent(reader, needed)) return reader;
  } catch {
    // As above.
  }
  reader.close();
  return null;
}

function isCurrent(reader: Reader, needed: readonly Projection[]): boolean {
  if (reader.get<{ user_version: number }>('PRAGMA user_version')?.user_version !== LEDGER_FORMAT)
    return false;
  const last = lastPosition(reader);
  const checkpoints = checkpointsOf(reader, 1);
  return needed.every(({ name, version }) =>
    checkpoints.some((at) => at.name === name && at.version === version && at.position === last),
  );
}
