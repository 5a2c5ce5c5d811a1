import type { FoldedOf } from '../events/catalogue/index.ts';
import type { Projection, Tables } from './projection.ts';
import type { Rows } from './reader.ts';
import { sessionId } from './sessions/changes.ts';
import type { WatchFault } from './sessions/schema.ts';

type Ended =
  | 'worker.resume_requested'
  | 'worker.watch_restored'
  | 'worker.exited'
  | 'worker.lost'
  | 'worker.terminated';

const remove = (tables: Tables, event: FoldedOf<Ended>): void =>
  tables.run('DELETE FROM {watch_faults} WHERE session_id = ?', sessionId(event));

/** The live workers that cannot be watched, since when, and why. */
export const watchFaults: Projection = {
  name: 'watch_faults',
  version: 2,
  tables: ['watch_faults'],
  worker: 'session_id',
  schema: `
    CREATE TABLE {watch_faults} (
      session_id TEXT PRIMARY KEY,
      since TEXT NOT NULL,
      error TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'worker.watch_failed': (tables, event) =>
      tables.run(
        'INSERT OR REPLACE INTO {watch_faults} (session_id, since, error) VALUES (?, ?, ?)',
        sessionId(event),
        event.occurred_at,
        event.data.error,
      ),
    'worker.resume_requested': remove,
    'worker.watch_restored': remove,
    'worker.exited': remove,
    'worker.lost': remove,
    'worker.terminated': remove,
  },
};

/** By the id of their worker. */
export const currentFaults = (rows: Rows): Map<string, WatchFault> =>
  new Map(
    rows
      .all<WatchFault & { session_id: string }>('SELECT session_id, since, error FROM watch_faults')
      .map(({ session_id, since, error }) => [session_id, { since, error }]),
  );
