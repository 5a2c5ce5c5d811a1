import { hashAt, lastPosition, type Rows } from './log-queries.ts';

/** What a log holds up to a position. */
export interface LogSize {
  position: number;
  /** The hash of the event there, in hex; empty for an empty log. It identifies everything before it too. */
  hash: string;
  first_at: string | null;
  last_at: string | null;
  /** By type, most bytes first. Counts the bytes of data and metadata. */
  types: { type: string; events: number; bytes: number }[];
  streams: { total: number; workers: number; leases: number };
}

const nothing: LogSize = {
  position: 0,
  hash: '',
  first_at: null,
  last_at: null,
  types: [],
  streams: { total: 0, workers: 0, leases: 0 },
};

/** Events per statement: more than fit into SQLite's cache are sorted in a file, which takes twice as long. */
const BLOCK = 20_000;

interface Group {
  type: string;
  events: number;
  bytes: number;
  first_at: string;
  last_at: string;
  streams: number;
  workers: number;
  leases: number;
}

// Each stream has one event of version 1.
const COUNT = `
  SELECT type, count(*) AS events, sum(octet_length(payload) + octet_length(metadata)) AS bytes,
    min(recorded_at) AS first_at, max(recorded_at) AS last_at,
    sum(stream_version = 1) AS streams,
    sum(stream_version = 1 AND stream_id GLOB 'worker/*') AS workers,
    sum(stream_version = 1 AND stream_id GLOB 'leases/*') AS leases
  FROM events NOT INDEXED WHERE position > ? AND position <= ? GROUP BY type`;

/** Counts everything in the log; after `known`, if that is given, which must be a count of this log. */
export function logSize(rows: Rows, known: LogSize | null = null): LogSize {
  const last = lastPosition(rows);
  const from = known ?? nothing;
  if (last <= from.position) return from;
  const types = new Map(from.types.map(({ type, ...counts }) => [type, counts]));
  const streams = { ...from.streams };
  let { first_at, last_at } = from;
  for (let after = from.position; after < last; after += BLOCK) {
    for (const group of rows.all<Group>(COUNT, after, Math.min(last, after + BLOCK))) {
      const before = types.get(group.type) ?? { events: 0, bytes: 0 };
      types.set(group.type, {
        events: before.events + group.events,
        bytes: before.bytes + group.bytes,
      });
      streams.total += group.streams;
      streams.workers += group.workers;
      streams.leases += group.leases;
      if (first_at === null || group.first_at < first_at) first_at = group.first_at;
      if (last_at === null || group.last_at > last_at) last_at = group.last_at;
    }
  }
  return {
    position: last,
    hash: hashAt(rows, last)?.toString('hex') ?? '',
    first_at,
    last_at,
    types: Array.from(types, ([type, counts]) => ({ type, ...counts })).sort((a, b) => b.bytes - a.bytes),
    streams,
  };
}
