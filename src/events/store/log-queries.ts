/** A source of rows: the ledger, or a bare connection to its file. */
export interface Rows {
  all<Row>(sql: string, ...values: unknown[]): Row[];
  get<Row>(sql: string, ...values: unknown[]): Row | undefined;
}

/** The position of the last event; 0 in an empty log. */
export const lastPosition = (rows: Rows): number =>
  rows.get<{ last: number | null }>('SELECT max(position) AS last FROM events')?.last ?? 0;

/** The version of a stream, which is that of its last event; 0 without events. */
export const streamVersion = (rows: Rows, stream: string): number =>
  rows.get<{ version: number | null }>(
    'SELECT max(stream_version) AS version FROM events WHERE stream_id = ?',
    stream,
  )?.version ?? 0;

/** Where the next event of a stream goes. */
export interface EndOfLog {
  /** Of the last event of the log; 0, undefined and null in an empty one. */
  position: number;
  hash: Buffer | undefined;
  /** 1 if its append has applied it to every live read model. */
  projected: 1 | null;
  /** Of the last event of the stream; 0 without events. */
  version: number;
}

export const endOfLog = (rows: Rows, stream: string): EndOfLog =>
  rows.get<EndOfLog>(
    `SELECT position, hash, projected,
       (SELECT coalesce(max(stream_version), 0) FROM events WHERE stream_id = ?) AS version
     FROM events ORDER BY position DESC LIMIT 1`,
    stream,
  ) ?? { position: 0, hash: undefined, projected: null, version: 0 };

/** The hash of the event at a position; undefined if there is none. */
export const hashAt = (rows: Rows, position: number): Buffer | undefined =>
  rows.get<{ hash: Buffer }>('SELECT hash FROM events WHERE position = ?', position)?.hash;

/** Whether the log has an event of this type, even if the catalogue does not know the type. Reads the log up to it. */
export const hasEventsOfType = (rows: Rows, type: string): boolean =>
  rows.get('SELECT 1 FROM events WHERE type = ? LIMIT 1', type) !== undefined;

/** The positions of the first and the last event of some streams; null if they have none. */
export function spanOfStreams(
  rows: Rows,
  streams: readonly string[],
): { first: number; last: number } | null {
  const found = streams.flatMap(
    (stream) =>
      rows.get<{ first: number | null; last: number | null }>(
        'SELECT min(position) AS first, max(position) AS last FROM events WHERE stream_id = ?',
        stream,
      ) ?? [],
  );
  const firsts = found.flatMap(({ first }) => first ?? []);
  const lasts = found.flatMap(({ last }) => last ?? []);
  return firsts.length === 0 ? null : { first: Math.min(...firsts), last: Math.max(...lasts) };
}
