import { statSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { Rows } from '../../events/store/log-queries.ts';
import { logSize } from '../../events/store/log-size.ts';
import { rememberedSize, rememberSize } from '../../events/store/size-memory.ts';
import { count, flag, instant, list, noted, nullable, text } from '../../lib/shapes.ts';
import { allCheckpoints } from './checkpoints.ts';

/** The state of a projection's tables: the version of the code that filled them, and the position reached. */
export const TableStatus = Type.Object(
  {
    name: text,
    version: count,
    position: noted(count, 'The position of the last applied event.'),
    active: noted(flag, 'False for the tables of an unfinished rebuild.'),
  },
  { title: 'Standing' },
);
export type TableStatus = Static<typeof TableStatus>;

export const tableStatuses = (rows: Rows): TableStatus[] =>
  allCheckpoints(rows).map(({ name, version, position, active }) => ({
    name,
    version,
    position,
    active: active === 1,
  }));

export const LedgerStats = Type.Object(
  {
    file: text,
    file_bytes: noted(count, 'The database, and its write-ahead log beside it.'),
    wal_bytes: count,
    events: count,
    last_position: count,
    first_at: nullable(instant),
    last_at: nullable(instant),
    types: noted(
      list(Type.Object({ type: text, events: count, bytes: count })),
      "Bytes of the events' data and metadata; most first.",
    ),
    streams: Type.Object({ total: count, workers: count, leases: count, others: count }),
    projections: list(TableStatus),
  },
  { description: 'The size of the log, and the state of the tables.' },
);
export type LedgerStats = Static<typeof LedgerStats>;

/** New events from which on a count is kept: a few are counted again sooner than a file is written. */
const WORTH_KEEPING = 1000;

/**
 * What the log and the tables of the projections hold. Counts only the events since the last count that `run`
 * remembers; without one, a million in about a second.
 */
export function ledgerStats(rows: Rows, { ledger, run }: { ledger: string; run: string }): LedgerStats {
  const projections = tableStatuses(rows);
  const memory = join(run, 'log-size.json');
  const known = rememberedSize(rows, memory);
  const size = logSize(rows, known);
  if (size.position - (known?.position ?? 0) >= WORTH_KEEPING) rememberSize(memory, size);
  const { position, first_at, last_at, types, streams } = size;
  return {
    file: ledger,
    file_bytes: sizeOf(ledger),
    wal_bytes: sizeOf(`${ledger}-wal`),
    events: types.reduce((sum, { events }) => sum + events, 0),
    last_position: position,
    first_at,
    last_at,
    types,
    streams: { ...streams, others: streams.total - streams.workers - streams.leases },
    projections,
  };
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
