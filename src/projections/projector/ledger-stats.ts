import Type, { type Static } from 'typebox';
import { logSize, type Rows } from '../../events/store/log-queries.ts';
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

export const LedgerStats = Type.Object({
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
});
export type LedgerStats = Static<typeof LedgerStats>;

/** What the log and the tables of the projections hold; takes as long as `logSize`. */
export function ledgerStats(rows: Rows): LedgerStats {
  const { last, first_at, last_at, types, streams } = logSize(rows);
  return {
    events: types.reduce((sum, { events }) => sum + events, 0),
    last_position: last ?? 0,
    first_at,
    last_at,
    types,
    streams: { ...streams, others: streams.total - streams.workers - streams.leases },
    projections: tableStatuses(rows),
  };
}
