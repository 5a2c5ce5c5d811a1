import type { Paths } from '../../../config/paths.ts';
import { isAlive } from '../../../lib/process/processes.ts';
import type { Rows } from '../../../projections/reader.ts';
import {
  hasQueued,
  liveProcesses,
  processesOfLive,
  type SessionProcesses,
  type SessionRow,
  sessionsHandedOver,
} from '../../../projections/sessions/queries.ts';
import { unstoppedWatcher, type WatcherRow } from '../../../projections/watchers.ts';
import { isSilent } from './heartbeat.ts';

/**
 * Whether what the ledger records of its live workers can still be true: their terminal server runs, the spawners of
 * workers in the making run, and a watcher runs. Reads the process table a few times, and not at all if no worker is
 * alive or queued. If it is false, `reconcile` finds out what happened and records it.
 */
export function isUpToDate(rows: Rows, paths: Pick<Paths, 'run'>): boolean {
  const live = liveProcesses(rows);
  if (!sessionsHandedOver(rows).every(isHandedOverNow)) return false;
  if (live.length === 0 && !hasQueued(rows)) return true;
  return live.every(runs) && isWatched(rows, paths);
}

/**
 * The same for one worker that is waited for: what became of the others, a watcher that runs finds out. Costs the same
 * however many there are.
 */
export function isWorkerUpToDate(rows: Rows, paths: Pick<Paths, 'run'>, id: string): boolean {
  const own = processesOfLive(rows, id);
  return (
    (own === undefined || runs(own)) &&
    sessionsHandedOver(rows).every(isHandedOverNow) &&
    isWatched(rows, paths)
  );
}

/** Whether the process that hands its work over still runs. */
export const isHandedOverNow = ({
  handing_pid,
  handing_started,
}: Pick<SessionRow, 'handing_pid' | 'handing_started'>): boolean =>
  handing_pid !== null && isAlive({ pid: handing_pid, started: handing_started ?? '' });

function runs(session: SessionProcesses): boolean {
  if (session.ender_pid !== null)
    return isAlive({ pid: session.ender_pid, started: session.ender_started ?? '' });
  if (!session.started) return isAlive({ pid: session.spawner_pid, started: session.spawner_started });
  return hasServer(session);
}

const hasServer = ({ server_pid, server_started }: ServerOfSession): boolean =>
  isAlive({ pid: server_pid ?? 0, started: server_started ?? '' });

type ServerOfSession = Pick<SessionProcesses, 'server_pid' | 'server_started'>;

/** Why the terminal of a worker is gone. */
export const lossReason = (session: ServerOfSession): string =>
  hasServer(session)
    ? 'its tmux session was ended by another process'
    : 'its tmux server is gone (ended, killed, or the machine was restarted)';

/** Whether the watcher that the ledger names is running, and gives signs of life. */
export function isWatched(rows: Rows, paths: Pick<Paths, 'run'>): boolean {
  const watcher = runningWatcher(rows);
  return watcher !== null && !isSilent(paths, watcher);
}

/** The watcher that the ledger names if its process exists, even if it hangs. */
export function runningWatcher(rows: Rows): WatcherRow | null {
  const watcher = unstoppedWatcher(rows);
  return watcher !== undefined && isAlive(watcher) ? watcher : null;
}
