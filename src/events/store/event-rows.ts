import type { FoldedRow, StoredEvent } from '../event.ts';

/** A selection of rows of the table `events`. */
export interface ReadOptions {
  stream?: string;
  /** Only streams whose id begins with this, such as `leases/`. */
  under?: string;
  types?: readonly string[];
  /** First global position to read. */
  from?: number;
  /** Only events after this version of the stream. Uses an index range, while `from` scans the whole stream. */
  afterVersion?: number;
  /** A condition in SQL, of our own code. */
  where?: string;
  /** The maximum number of events. Omit it to read all. */
  limit?: number;
}

export const EVENT_COLUMNS = [
  'position',
  'event_id',
  'stream_id',
  'stream_version',
  'type',
  'schema_version',
  'occurred_at',
  'recorded_at',
  'command_id',
  'causation_id',
  'correlation_id',
  'actor',
  'payload',
  'metadata',
  'hash',
];
/** Its last value is `projected`: 1 or null. */
export const INSERT_EVENT = `INSERT INTO events (${EVENT_COLUMNS.join(', ')}, projected) VALUES (${EVENT_COLUMNS.map(() => '?').join(', ')}, ?)`;
const SELECT = `SELECT ${EVENT_COLUMNS.join(', ').replace('hash', 'lower(hex(hash)) AS hash')} FROM events`;

/** The values of a row in the order of `EVENT_COLUMNS`, the hash in hex. SQLite gives arrays in half the time of objects. */
export type EventValues = readonly [
  position: number,
  event_id: string,
  stream_id: string,
  stream_version: number,
  type: string,
  schema_version: number,
  occurred_at: string,
  recorded_at: string,
  command_id: string | null,
  causation_id: string | null,
  correlation_id: string | null,
  actor: string,
  payload: string,
  metadata: string,
  hash: string,
];

export const storedEvent = (values: EventValues): StoredEvent => ({
  position: values[0],
  event_id: values[1],
  stream_id: values[2],
  stream_version: values[3],
  type: values[4],
  schema_version: values[5],
  occurred_at: values[6],
  recorded_at: values[7],
  command_id: values[8],
  causation_id: values[9],
  correlation_id: values[10],
  actor: values[11],
  payload: values[12],
  metadata: values[13],
  hash: values[14],
});

/** As few columns as a fold needs: each takes as long as a field of the data. */
const FOLDED =
  'SELECT position, event_id, stream_id, stream_version, type, schema_version, occurred_at, payload, metadata FROM events';

export const foldedQuery = (options: ReadOptions) => eventsQuery(options, FOLDED);

export type FoldedValues = readonly [
  position: number,
  event_id: string,
  stream_id: string,
  stream_version: number,
  type: string,
  schema_version: number,
  occurred_at: string,
  payload: string,
  metadata: string,
];

export const foldedRow = (values: FoldedValues): FoldedRow => ({
  position: values[0],
  event_id: values[1],
  stream_id: values[2],
  stream_version: values[3],
  type: values[4],
  schema_version: values[5],
  occurred_at: values[6],
  payload: values[7],
  metadata: values[8],
});

/** The SQL statement that reads them in order, and its parameters. */
export function eventsQuery(
  { stream, under, types, from, afterVersion, where, limit }: ReadOptions,
  select = SELECT,
): {
  sql: string;
  values: unknown[];
} {
  const conditions: string[] = [];
  const values: unknown[] = [];
  if (stream !== undefined) {
    conditions.push('stream_id = ?');
    values.push(stream);
  }
  if (under !== undefined) {
    conditions.push('stream_id >= ? AND stream_id < ?');
    values.push(under, `${under}\u{10ffff}`);
  }
  if (types !== undefined) {
    conditions.push(`type IN (${types.map(() => '?').join(', ')})`);
    values.push(...types);
  }
  if (from !== undefined) {
    conditions.push('position >= ?');
    values.push(from);
  }
  if (afterVersion !== undefined) {
    conditions.push('stream_version > ?');
    values.push(afterVersion);
  }
  if (where !== undefined) conditions.push(`(${where})`);
  const filter = conditions.length ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = stream === undefined ? 'position' : 'stream_version';
  const most = limit === undefined ? '' : 'LIMIT ?';
  if (limit !== undefined) values.push(limit);
  return { sql: `${select} ${filter} ORDER BY ${order} ${most}`, values };
}
