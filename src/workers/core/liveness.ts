import { isAlive } from '../../lib/process/processes.ts';
import type { Rows } from '../../projections/reader.ts';

interface Live {
  id: string;
  started: 0 | 1;
  server_pid: number | null;
  server_started: string | null;
  spawner_pid: number;
  spawner_started: string;
  ender_pid: number | null;
  ender_started: string | null;
}

/**
 * Whether what the ledger says of its live workers can still be true: their terminal server runs, their spawner runs
 * where they are still being made, and somebody watches them. A few looks at the process table, and none at all
 * when nothing lives. Where it is false, `reconcile` finds out what happened and records it.
 */
export function isUpToDate(rows: Rows): boolean {
  const live = rows.all<Live>(
    `SELECT id, pane_pid IS NOT NULL AS started, server_pid, server_started, spawner_pid, spawner_started,
       ender_pid, ender_started
     FROM sessions WHERE alive = 1`,
  );
  return live.length === 0 || (live.every(runs) && isWatched(rows));
}

function runs(session: Live): boolean {
  if (session.ender_pid !== null)
    return isAlive({ pid: session.ender_pid, started: session.ender_started ?? '' });
  if (!session.started) return isAlive({ pid: session.spawner_pid, started: session.spawner_started });
  return isAlive({ pid: session.server_pid ?? 0, started: session.server_started ?? '' });
}

/** Whether the watcher that the ledger names is running. */
export function isWatched(rows: Rows): boolean {
  const watcher = rows.get<{ pid: number; started: string }>(
    'SELECT pid, started FROM watchers WHERE stopped_at IS NULL ORDER BY fence DESC LIMIT 1',
  );
  return watcher !== undefined && isAlive(watcher);
}
