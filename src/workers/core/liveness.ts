import { isAlive } from '../../lib/process/processes.ts';
import type { Rows } from '../../projections/reader.ts';
import { liveProcesses, type SessionProcesses } from '../../projections/sessions/queries.ts';
import { unstoppedWatcher } from '../../projections/watchers.ts';

/**
 * Whether what the ledger records of its live workers can still be true: their terminal server runs, the spawners of
 * workers in the making run, and a watcher runs. Reads the process table a few times, and not at all if no worker is
 * alive. If it is false, `reconcile` finds out what happened and records it.
 */
export function isUpToDate(rows: Rows): boolean {
  const live = liveProcesses(rows);
  return live.length === 0 || (live.every(runs) && isWatched(rows));
}

function runs(session: SessionProcesses): boolean {
  if (session.ender_pid !== null)
    return isAlive({ pid: session.ender_pid, started: session.ender_started ?? '' });
  if (!session.started) return isAlive({ pid: session.spawner_pid, started: session.spawner_started });
  return isAlive({ pid: session.server_pid ?? 0, started: session.server_started ?? '' });
}

/** Whether the watcher that the ledger names is running. */
export function isWatched(rows: Rows): boolean {
  const watcher = unstoppedWatcher(rows);
  return watcher !== undefined && isAlive(watcher);
}
