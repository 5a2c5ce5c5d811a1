import type { Projection } from '../projection.ts';
import type { RowFilter } from './table-check.ts';

/**
 * What a thread verifies: the histories of all workers and everything else, or one of two shares of that. `rest` has a
 * third of the workers and nothing else, because the thread that verifies it checks the hash chain as well.
 */
export type Share = 'all' | 'most' | 'rest';

/** Whether the last character of an id puts its worker into the rest. Never NULL: an empty id is in the other share. */
const isOfRest = (id: string) => `unicode(substr(${id}, -1)) % 3 IS 0`;

// With a plus, or SQLite would read the index of streams and sort all of them for each page.
const STREAMS_OF_REST = `+stream_id GLOB 'worker/?*' AND ${isOfRest('stream_id')}`;

/** The condition that selects the events of a share. Each event is in exactly one of `most` and `rest`. */
export const eventsOf = (share: Share): { where?: string } =>
  share === 'all' ? {} : { where: share === 'rest' ? STREAMS_OF_REST : `NOT (${STREAMS_OF_REST})` };

/** The rows of a read model that the events of a share make. */
export function rowsOf(share: Share, { worker }: Projection): RowFilter | 'all' | 'none' {
  if (share === 'all') return 'all';
  if (worker === undefined) return share === 'rest' ? 'none' : 'all';
  const sql = isOfRest(worker);
  return { sql: share === 'rest' ? sql : `NOT (${sql})`, values: [] };
}

/** Says of an event whether it is in a stream whose share has not the rows that its type makes. */
export function misplacement(
  projections: readonly Projection[],
): (event: { stream_id: string; type: string }) => boolean {
  const typesOf = (ofWorkers: boolean) =>
    new Set(
      projections
        .filter(({ worker }) => (worker !== undefined) === ofWorkers)
        .flatMap(({ apply }) => Object.keys(apply)),
    );
  const [ofWorkers, ofOthers] = [typesOf(true), typesOf(false)];
  return ({ stream_id, type }) => (stream_id.startsWith('worker/') ? ofOthers : ofWorkers).has(type);
}
