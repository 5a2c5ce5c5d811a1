import Type, { type Static } from 'typebox';
import { count, flag, instant, list, noted, nullable, text } from '../../lib/shapes.ts';
import type { Rows } from '../reader.ts';

/** How a projection's tables stand: made by which version of its code, from which part of the log. */
export const TableStatus = Type.Object(
  {
    name: text,
    version: count,
    position: noted(count, 'How far in the log it is.'),
    active: noted(flag, 'False for a rebuild that somebody began and that is not done.'),
  },
  { title: 'Standing' },
);
export type TableStatus = Static<typeof TableStatus>;

export const tableStatuses = (rows: Rows): TableStatus[] =>
  rows
    .all<Omit<TableStatus, 'active'> & { active: 0 | 1 }>(
      'SELECT name, version, position, active FROM projection_checkpoints ORDER BY active DESC, name',
    )
    .map((row) => ({ ...row, active: row.active === 1 }));

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

/** Counts everything in the log: reads all of it, so it takes about a second for a million events. */
export function ledgerStats(rows: Rows): LedgerStats {
  const whole = rows.get<{ last: number | null; first_at: string | null; last_at: string | null }>(
    'SELECT max(position) AS last, min(recorded_at) AS first_at, max(recorded_at) AS last_at FROM events',
  );
  const types = rows.all<{ type: string; events: number; bytes: number }>(
    `SELECT type, count(*) AS events, sum(octet_length(payload) + octet_length(metadata)) AS bytes
     FROM events GROUP BY type ORDER BY bytes DESC`,
  );
  const streams = rows.get<{ total: number; workers: number; leases: number }>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE stream_id GLOB 'worker/*') AS workers,
       count(*) FILTER (WHERE stream_id GLOB 'leases/*') AS leases
     FROM (SELECT DISTINCT stream_id FROM events)`,
  ) ?? { total: 0, workers: 0, leases: 0 };
  return {
    events: types.reduce((sum, { events }) => sum + events, 0),
    last_position: whole?.last ?? 0,
    first_at: whole?.first_at ?? null,
    last_at: whole?.last_at ?? null,
    types,
    streams: { ...streams, others: streams.total - streams.workers - streams.leases },
    projections: tableStatuses(rows),
  };
}
