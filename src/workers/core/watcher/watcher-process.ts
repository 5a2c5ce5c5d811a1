import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { packageRoot } from '../../../lib/package-root.ts';
import { processEntry } from '../../../lib/process/process-table.ts';
import { endProcesses, identity, isAlive, type ProcessIdentity } from '../../../lib/process/processes.ts';
import { start } from '../../../lib/process/start.ts';
import { count, flag, instant, list, noted, nullable, text } from '../../../lib/shapes.ts';
import { liveSessions, queuedSessions } from '../../../projections/sessions/queries.ts';
import { lastWatcher } from '../../../projections/watchers.ts';
import type { AppContext } from '../context.ts';
import { isWatched, runningWatcher } from './liveness.ts';

/** The watcher's own log, for `agentpool watcher log`. */
export const watcherLog = (app: AppContext) => join(app.paths.run, 'watcher.log');

/**
 * How long a watcher may take from its start to its lease, in milliseconds: it loads a terminal emulator, and makes sure
 * that another one hangs before it takes over.
 */
const START_MS = 8000;

const startMark = ({ run }: AppContext['paths']) => join(run, 'watcher.starting');

/** Called by a watcher once it has its lease: if it dies, the next one may start at once. */
export const hasStarted = ({ paths }: AppContext): void => rmSync(startMark(paths), { force: true });

/** Whether a watcher was started just now and is still alive. */
function isStarting({ paths }: AppContext): boolean {
  const mark = startMark(paths);
  const age = Date.now() - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < 0 || age >= START_MS) return false;
  try {
    return isAlive(JSON.parse(readFileSync(mark, 'utf8')) as ProcessIdentity);
  } catch {
    return false; // It has its lease by now.
  }
}

/** Starts the watcher unless one runs or the config disables it. If several start at once, the lease leaves one. */
export function ensureWatcher(app: AppContext): void {
  if (!app.config.watcher.enabled || isWatched(app.ledger, app.paths) || isStarting(app)) return;
  const log = openLog(app);
  try {
    const child = start(process.execPath, [join(packageRoot(), 'dist', 'main.js'), 'watcher', 'run'], {
      detached: true,
      stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
      cwd: app.home,
      // A watcher started from inside a worker does not belong to that worker.
      env: { ...app.env, AGENTPOOL_HOME: app.home, AGENTPOOL_SESSION_ID: undefined },
    });
    child.on('error', () => {});
    child.unref();
    // Written after the start, with the watcher's identity: a caller killed in between, or a watcher that dies, must not
    // block the next start.
    const watcher = child.pid === undefined ? null : identity(child.pid);
    if (watcher) noteStart(app, watcher);
  } finally {
    if (log !== null) closeSync(log);
  }
}

/** Null on a full disk: a watcher without a log is better than none. */
function openLog(app: AppContext): number | null {
  try {
    mkdirSync(app.paths.run, { recursive: true, mode: 0o700 });
    return openSync(watcherLog(app), 'a', 0o600);
  } catch {
    return null;
  }
}

function noteStart({ paths }: AppContext, watcher: ProcessIdentity): void {
  try {
    writeFileSync(startMark(paths), JSON.stringify(watcher), { mode: 0o600 });
  } catch {
    // Another may be started meanwhile: the lease leaves one.
  }
}

export const WatcherStatus = Type.Object(
  {
    enabled: noted(flag, 'Whether config.yaml enables it.'),
    running: flag,
    responds: noted(
      flag,
      'False if none runs, or if its process gives no sign of life: the next command then starts another.',
    ),
    pid: noted(nullable(Type.Integer()), 'Of the running watcher, or of the last one.'),
    fence: nullable(count),
    started_at: nullable(instant),
    stopped_at: nullable(instant),
    reason: noted(nullable(text), 'Why it stopped.'),
    live_workers: count,
    queued_workers: noted(count, 'Those that it will start.'),
    log: text,
    config_problems: noted(
      list(text),
      'The errors in config.yaml and in your own detection rules; until they are fixed, the last valid ones are in force.',
    ),
  },
  { description: 'The process that watches the workers of this AGENTPOOL_HOME, or the last one that did.' },
);
export type WatcherStatus = Static<typeof WatcherStatus>;

export const WatcherStop = Type.Object({
  ok: Type.Literal(true),
  stopped: noted(flag, 'False if none ran.'),
  pid: nullable(Type.Integer()),
});
export type WatcherStop = Static<typeof WatcherStop>;

/** The running watcher, or the last one, and the errors in the user's files. */
export async function watcherStatus(app: AppContext): Promise<WatcherStatus> {
  // Loaded late: a spawn loads this module too and needs no parser of rules.
  const { configProblems } = await import('../setup/config-problems.ts');
  const last = lastWatcher(app.ledger);
  return {
    enabled: app.config.watcher.enabled,
    running: runningWatcher(app.ledger) !== null,
    responds: isWatched(app.ledger, app.paths),
    pid: last?.pid ?? null,
    fence: last?.fence ?? null,
    started_at: last?.started_at ?? null,
    stopped_at: last?.stopped_at ?? null,
    reason: last?.reason ?? null,
    live_workers: liveSessions(app.ledger).length,
    queued_workers: queuedSessions(app.ledger).length,
    log: watcherLog(app),
    config_problems: await configProblems(app.path, app.paths),
  };
}

/** Asks the watcher to end, and kills it if it does not. */
export async function stopWatcher(app: AppContext): Promise<WatcherStop> {
  const last = runningWatcher(app.ledger);
  if (!last) return { ok: true, stopped: false, pid: null };
  const itself = () => {
    const entry = processEntry(last.pid);
    return entry && !entry.zombie && entry.started === last.started ? [entry] : [];
  };
  await endProcesses(itself, { graceMs: 3000 });
  return { ok: true, stopped: true, pid: last.pid };
}
