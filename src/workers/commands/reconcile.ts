import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnwritable } from '../../lib/errors.ts';
import {
  endProcesses,
  identity,
  isAlive,
  type ProcessIdentity,
  processTable,
  workerProcesses,
} from '../../lib/process/processes.ts';
import { workerStream } from '../../machines/worker/state.ts';
import {
  hasWork,
  liveSessions,
  type SessionRow,
  sessionById,
  sessionsHandedOver,
} from '../../projections/sessions/queries.ts';
import type { SessionFacts, TmuxServer } from '../../terminal/tmux/server.ts';
import { redactedMessage } from '../../workspace/redaction/redacted-message.ts';
import { undoWorktree } from '../../workspace/worktrees/removal.ts';
import type { WorktreePlan } from '../../workspace/worktrees/worktrees.ts';
import type { AppContext } from '../core/context.ts';
import { recordUnlessRejected, unlessRejected, workerOf } from '../core/record.ts';
import { sweepRequests } from '../core/requests/queued-requests.ts';
import { spawnRequest } from '../core/requests/spawn-request.ts';
import { isUpToDate, lossReason } from '../core/watcher/liveness.ts';
import { ensureWatcher } from '../core/watcher/watcher-process.ts';
import { terminateWorker } from './ending/terminate.ts';
import { failSuccessor } from './handoff/undo.ts';
import { recordStarted } from './spawning/start-run.ts';

/**
 * Brings the ledger in line with the processes that run: an intent whose spawner died is adopted or undone, depending
 * on whether a tmux session of its worker exists; a worker whose terminal is gone is recorded as lost. Costs next to
 * nothing while everything runs that should. While the ledger cannot be written, a question is answered from what is
 * recorded.
 */
export async function reconcileIfNeeded(app: AppContext): Promise<void> {
  if (app.ledger.store.isReadOnly || isUpToDate(app.ledger, app.paths)) return;
  try {
    await reconcile(app);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
}

/**
 * Does the same without the quick check: asks the terminal servers, except those of workers whose output this process
 * reads: it ends with the terminal.
 */
export async function reconcile(app: AppContext, read: ReadonlySet<string> = new Set()): Promise<void> {
  // Before the ledger is read: a spawn records its intent before it makes the folder of its server.
  const left = app.tmux.all();
  const live = liveSessions(app.ledger);
  await removeUnused(app, left, live);
  sweepRequests(app);
  const unsure = live.filter(({ id, ender_pid }) => ender_pid !== null || !read.has(id));
  if (unsure.length > 0) await resolveLive(app, unsure, read);
  await resolveHandovers(app);
  if (hasWork(app.ledger)) ensureWatcher(app);
}

/** Few homes have a handover that is under way, and what finishes one is a third of a command's code. */
async function resolveHandovers(app: AppContext): Promise<void> {
  if (sessionsHandedOver(app.ledger).length === 0) return;
  const unfinished = await import('./handoff/unfinished.ts');
  await unfinished.resolveHandovers(app);
}

async function resolveLive(
  app: AppContext,
  live: readonly SessionRow[],
  read: ReadonlySet<string>,
): Promise<void> {
  const panes = new Map(
    (await app.tmux.sessions(read)).flatMap((pane) => (pane.worker ? [[pane.worker, pane]] : [])),
  );
  for (const session of live) {
    if (session.ender_pid !== null) await finishEnding(app, session);
    else if (session.pane_pid === null) await resolveIntent(app, session);
    else if (!panes.has(session.id)) {
      recordLoss(app, session);
      await removeLeft(app, app.tmux.of(session.id));
    }
  }
}

/** Removes what ended servers have left, those of workers that were killed with their terminal. */
async function removeUnused(
  app: AppContext,
  servers: readonly TmuxServer[],
  live: readonly SessionRow[],
): Promise<void> {
  const used = new Set(live.map(({ id }) => id));
  await Promise.all(
    servers.filter(({ folder }) => !used.has(basename(folder))).map((server) => removeLeft(app, server)),
  );
}

/**
 * Looks once more whether its worker is alive, while no process can record anything: it may be resumed at this moment,
 * and its new server then starts in the same folder.
 */
async function removeLeft({ ledger }: AppContext, server: TmuxServer): Promise<void> {
  await server.removeFiles((remove) =>
    ledger.store.transaction(() => {
      if (sessionById(ledger, basename(server.folder))?.alive !== 1) remove();
    }),
  );
}

/** Finishes a termination whose process died before it was done. */
async function finishEnding(app: AppContext, session: SessionRow): Promise<void> {
  const ender = { pid: session.ender_pid ?? 0, started: session.ender_started ?? '' };
  if (!isAlive(ender) && workerOf(app, session.id).run === session.run) await terminateWorker(app, session);
}

function recordLoss(app: AppContext, session: SessionRow): void {
  const reason = lossReason(session);
  app.ledger.store.transaction(() => {
    // Another process may have begun to end it since we asked tmux: then that is why its session is gone. Or it has
    // ended it, and the worker is being resumed.
    const worker = workerOf(app, session.id);
    if (!worker.ending && worker.run === session.run)
      recordUnlessRejected(app, session.id, { kind: 'lose', reason });
  });
}

/** Resolves a worker that was requested but has no recorded outcome. */
async function resolveIntent(app: AppContext, session: SessionRow): Promise<void> {
  if (isAlive({ pid: session.spawner_pid, started: session.spawner_started })) return;
  await orphanedClientsEnded(app, session.id);
  // Since the query, its spawner may have ended normally, or another process was faster.
  const { started, alive, queued, run } = workerOf(app, session.id);
  if (started || !alive || run !== session.run) return;
  // It may be started again under the same id: only the one process that does that may remove what is left.
  if (queued && app.actor !== 'watcher') return;
  const pane = (await app.tmux.of(session.id).listSessions()).find(({ worker }) => worker === session.id);
  if (pane) await adopt(app, session, pane);
  else await undo(app, session);
}

/** Waits for a tmux client of a killed spawner, which may still pass its commands on; it takes milliseconds. */
async function orphanedClientsEnded(app: AppContext, id: string): Promise<void> {
  const tmux = app.tmux.of(id);
  const server = await tmux.serverPid();
  const orphans = () =>
    processTable().filter(
      ({ pid, parent, command }) =>
        pid !== server &&
        command.includes(tmux.socket) &&
        command.endsWith('source-file -') &&
        (parent === 1 || identity(parent) === null),
    );
  for (let left = 100; left > 0 && orphans().length > 0; left--) await sleep(20);
}

async function adopt(app: AppContext, session: SessionRow, pane: SessionFacts): Promise<void> {
  const given = textOf(app, session);
  const server_pid = (await app.tmux.of(session.id).serverPid()) ?? 0;
  unlessRejected(() =>
    recordStarted(app, session.id, {
      tmux: { session_name: pane.name, window: '0', pane: pane.pane_id },
      pane_pid: pane.pane_pid,
      server_pid,
      command: [],
      adopted: true,
      prompt: session.initial_prompt_mode === 'arg' && given !== null ? { chars: given.length } : null,
    }),
  );
}

/** What the process was started with: its task, or the text of its resume; null if it waits at its prompt. */
function textOf(app: AppContext, { id, task, run }: SessionRow): string | null {
  if (run === 1) return task;
  let text: string | null = null;
  for (const event of app.ledger.events({ stream: workerStream(id), types: ['worker.resume_requested'] }))
    if (event.type === 'worker.resume_requested') text = event.data.text;
  return text;
}

async function undo(app: AppContext, session: SessionRow): Promise<void> {
  const request = spawnRequest(app, session.id);
  // Its worktree is from before: it holds the work that was to go on.
  if (session.run > 1) {
    const reason = 'the process that resumed it ended before it was started';
    recordUnlessRejected(app, session.id, { kind: 'fail_resume', code: 'SPAWNER_DIED', reason });
    return;
  }
  const { setup, worktree, predecessor } = request ?? {};
  if (predecessor !== undefined) {
    const reason = 'the process that handed the work over ended before the successor was started';
    failSuccessor(app, { id: session.id, predecessor }, { code: 'SPAWNER_DIED', reason });
    return;
  }
  // A setup command goes on without its spawner.
  const find = (known: readonly ProcessIdentity[]) =>
    workerProcesses({ sessionId: session.id, root: null, known });
  if (setup) await endProcesses(find, { graceMs: 500 });
  const left = worktree ? await removeWorktree(worktree) : null;
  if (hasNotBegun(app, session) && queuedAgain(app, session)) return;
  recordUnlessRejected(app, session.id, {
    kind: 'fail_spawn',
    code: 'SPAWNER_DIED',
    reason: `its spawner ended before it was started; ${left ?? 'what existed of it was removed'}`,
  });
}

/** Whether its terminal was never begun: then no process of it can have run. */
const hasNotBegun = (app: AppContext, { id }: SessionRow): boolean => !existsSync(app.tmux.newFor(id).folder);

/** A request from the queue waits again. False for any other. */
const queuedAgain = (app: AppContext, { id }: SessionRow): boolean =>
  recordUnlessRejected(app, id, {
    kind: 'requeue',
    reason: 'the process that started it ended before it ran',
  }) !== null;

/** Null when nothing is left; else what is left, and why. A repository that is gone must not fail the query. */
async function removeWorktree(worktree: WorktreePlan): Promise<string | null> {
  try {
    await undoWorktree(worktree);
    return null;
  } catch (error) {
    return `${worktree.path} could not be removed: ${redactedMessage(error)}`;
  }
}
