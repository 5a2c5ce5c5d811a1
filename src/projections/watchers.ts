import type { Projection } from './projection.ts';

/** The one watcher of this home: the last that started, and whether it has ended. */
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
