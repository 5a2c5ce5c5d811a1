import Type, { type Static } from 'typebox';
import { WorkerState } from '../../../events/catalogue/worker-shapes.ts';
import { keepReserve } from '../../../events/store/reserve.ts';
import {
  endProcesses,
  identity,
  type ProcessEntry,
  type ProcessIdentity,
  workerProcesses,
} from '../../../lib/process/processes.ts';
import { flag, list, noted, text } from '../../../lib/shapes.ts';
import { sharesFolder } from '../../../projections/sessions/lineage.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import {
  recordOrKeep,
  recordOutcome,
  recordUnlessRejected,
  type WatchContext,
  workerOf,
} from '../../core/record.ts';
import { dropQueued } from '../../core/requests/queued-requests.ts';

/** How long a process may take to end after SIGHUP and SIGTERM, in milliseconds. */
const GRACE_MS = 1500;

export const Ended = Type.Object(
  { pid: Type.Integer(), command: text, signal: text },
  { title: 'EndedProcess' },
);
export type Ended = Static<typeof Ended>;

export const Termination = Type.Object(
  {
    ok: Type.Literal(true),
    session_id: text,
    state: noted(WorkerState, 'The state after the call.'),
    current_state: noted(WorkerState, 'The state before it.'),
    already_terminated: flag,
    would_terminate_tmux: flag,
    would_terminate_runtime: flag,
    dry_run: Type.Optional(Type.Literal(true)),
    ended: noted(list(Ended), 'The processes that were ended; with dry_run, that would be.'),
  },
  { title: 'Termination', description: 'The end of a worker and of everything that it started.' },
);
export type Termination = Static<typeof Termination>;

/**
 * Ends a worker whose time is up, and everything that it started. Waits while the ledger cannot be written: a worker is
 * not ended without a record of why.
 */
export async function terminateOverdue(app: WatchContext, session: SessionRow): Promise<void> {
  recordOrKeep(app, session.id, { kind: 'exceed_deadline', measured: true });
  await app.backlog.empty();
  await terminateWorker(app, session);
}

/**
 * Ends a worker and everything that it started, including processes that left its process group or ignore HUP and
 * TERM. A worker that has already ended is no error; what it may have left behind is still ended.
 */
export async function terminateWorker(
  app: AppContext,
  session: SessionRow,
  { dryRun = false, reason = null }: { dryRun?: boolean; reason?: string | null } = {},
): Promise<Termination> {
  if (session.state === 'QUEUED') return dequeued(app, session, { dryRun, reason });
  const find = (known: readonly ProcessIdentity[] = []) => processesOf(app, session, known);
  const asked = hasTerminal(app, session);
  // While tmux answers.
  const running = find();
  const inTmux = await asked;
  const report = {
    ok: true as const,
    session_id: session.id,
    current_state: session.state,
    already_terminated: !session.alive && !inTmux && running.length === 0,
    would_terminate_tmux: inTmux,
    would_terminate_runtime: inTmux || running.length > 0,
  };
  if (dryRun) {
    const ended = running.map(({ pid, command }) => ({
      pid,
      command: shownCommand(command),
      signal: 'TERM',
    }));
    return { ...report, state: session.state, dry_run: true, ended };
  }
  if (report.already_terminated) {
    // A lost worker could be resumed: its caller says that it is not to come back.
    if (session.state === 'LOST')
      recordUnlessRejected(app, session.id, { kind: 'record_termination', ended: [] });
    return { ...report, state: workerOf(app, session.id).state ?? session.state, ended: [] };
  }
  const ended = await end(app, session, { find, first: running }, reason === null ? {} : { reason });
  return { ...report, state: workerOf(app, session.id).state ?? session.state, ended };
}

/** What runs of a worker now, also without its terminal: the process of its agent, and whatever that has started. */
export function processesOf(
  app: AppContext,
  session: SessionRow,
  known: readonly ProcessIdentity[] = [],
): ProcessEntry[] {
  const { id, alive, pane_pid, pane_started, worktree_path } = session;
  return workerProcesses({
    sessionId: id,
    root: alive && pane_pid !== null ? { pid: pane_pid, started: pane_started ?? '' } : null,
    known,
    folder: sharesFolder(app.ledger, session) ? null : worktree_path,
    held: app.tmux.newFor(id).folder,
  });
}

/** A request that waits has no process: it is dropped. */
function dequeued(
  app: AppContext,
  { id, state }: SessionRow,
  { dryRun, reason }: { dryRun: boolean; reason: string | null },
): Termination {
  const nothing = { already_terminated: false, would_terminate_tmux: false, would_terminate_runtime: false };
  const report = { ok: true as const, session_id: id, current_state: state, ...nothing, ended: [] };
  if (dryRun) return { ...report, state, dry_run: true };
  dropQueued(app, id, { because: 'caller', reason: redact(reason ?? 'its caller removed it') });
  return { ...report, state: 'CANCELLED' };
}

async function end(
  app: AppContext,
  session: SessionRow,
  { find, first }: { find: (known: readonly ProcessIdentity[]) => ProcessEntry[]; first?: ProcessEntry[] },
  notes: { reason?: string },
): Promise<Ended[]> {
  const requester = identity(process.pid);
  keepReserve(app.paths.ledger);
  if (requester) recordUnlessRejected(app, session.id, { kind: 'request_termination', requester }, notes);
  const killed = await endProcesses(find, { graceMs: GRACE_MS, ...(first ? { first } : {}) });
  await app.tmux.of(session.id).killSession(session.tmux_session);
  const ended = killed.map(({ pid, command, signal }) => ({ pid, command: shownCommand(command), signal }));
  recordOutcome(app, session.id, { kind: 'record_termination', ended }, notes);
  return ended;
}

/** Ends what a lost worker has left running, without a word about the worker: it may still be resumed. */
export async function endLeftovers(app: AppContext, session: SessionRow): Promise<Ended[]> {
  const killed = await endProcesses((known) => processesOf(app, session, known), { graceMs: GRACE_MS });
  await app.tmux.of(session.id).killSession(session.tmux_session);
  return killed.map(({ pid, command, signal }) => ({ pid, command: shownCommand(command), signal }));
}

async function hasTerminal(app: AppContext, session: SessionRow): Promise<boolean> {
  return (await app.tmux.of(session.id).listSessions()).some(({ worker }) => worker === session.id);
}

/** The command in one line, without the shell that tmux starts a worker with. */
export const shownCommand = (command: string): string =>
  redact(command.replace(/^(\S+) -c .*? (?=agentpool-worker )/s, '$1 ').replace(/\s+/g, ' '));
