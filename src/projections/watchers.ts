import type { Projection } from './projection.ts';
import type { Rows } from './reader.ts';

/** The watcher of this home: the last one started, and whether it has ended. */
export const watchers: Projection = {
  name: 'watchers',
  version: 1,
  tables: ['watchers'],
  schema: `
    CREATE TABLE {watchers} (
      fence INTEGER PRIMARY KEY,
      pid INTEGER NOT NULL,
      started TEXT NOT NULL,
      started_at TEXT NOT NULL,
      stopped_at TEXT,
      reason TEXT
    ) STRICT;
  `,
  apply: {
    'watcher.started': (tables, { occurred_at, data }) =>
      tables.insert('watchers', {
        fence: data.fence,
        pid: data.pid,
        started: data.started,
        started_at: occurred_at,
      }),
    'watcher.stopped': (tables, { occurred_at, data }) =>
      tables.run(
        'UPDATE {watchers} SET stopped_at = ?, reason = ? WHERE fence = ?',
        occurred_at,
        data.reason,
        data.fence,
      ),
  },
};

/** A row of the projection. */
export interface WatcherRow {
  fence: number;
  pid: number;
  started: string;
  started_at: string;
  stopped_at: string | null;
  reason: string | null;
}

/** The watcher that started last. */
export const lastWatcher = (rows: Rows): WatcherRow | undefined =>
  rows.get<WatcherRow>('SELECT * FROM watchers ORDER BY fence DESC LIMIT 1');

/** The last watcher that has not recorded its end; it may have been killed. */
export const unstoppedWatcher = (rows: Rows): WatcherRow | undefined =>
  rows.get<WatcherRow>('SELECT * FROM watchers WHERE stopped_at IS NULL ORDER BY fence DESC LIMIT 1');
