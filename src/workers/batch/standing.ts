import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { evolveWorker, noWorker, workerStream } from '../../machines/worker/state.ts';
import { exitInWords } from '../../projections/sessions/json.ts';
import { type SessionRow, sessionsOfBatch } from '../../projections/sessions/queries.ts';
import { momentOf } from '../commands/observe.ts';
import type { AppContext } from '../core/context.ts';
import { type Turn, type TurnObservation, turnOf } from '../sight/turn.ts';
import { runEnds, runExit } from '../watch/run/run.ts';
import type { Standing } from './decide.ts';

/** What a session of a batch is started with, so that it is recognised when the file is run again. */
export interface BatchMark {
  /** The absolute path of the file. */
  file: string;
  task: string;
  sha256: string;
}

/** The newest worker of each task of a file, by the name of the task; `from` is the position of its first worker. */
export function newestOfTasks(
  app: Pick<AppContext, 'ledger'>,
  file: string,
  from = 0,
): Map<string, MarkedSession> {
  const newest = new Map<string, MarkedSession>();
  for (const session of sessionsOfBatch(app.ledger, file, from)) {
    const mark = markOf(session);
    if (mark && !isUnstartedSuccessor(session)) newest.set(mark.task, { session, mark });
  }
  return newest;
}

/** Its work is its predecessor's again, with whatever became of that one. */
const isUnstartedSuccessor = ({ predecessor, alive, pane_pid }: SessionRow): boolean =>
  predecessor !== null && alive === 0 && pane_pid === null;

export interface MarkedSession {
  session: SessionRow;
  mark: BatchMark;
}

/** Null where the caller's own notes happen to have the same key. */
function markOf({ metadata }: SessionRow): BatchMark | null {
  const { batch } = JSON.parse(metadata) as { batch?: Partial<BatchMark> };
  const { file, task, sha256 } = batch ?? {};
  const isOurs = [file, task, sha256].every((word) => typeof word === 'string');
  return isOurs ? (batch as BatchMark) : null;
}

/** What the log says of the worker of a task. */
export interface TaskProgress {
  /** Never `open`; null if its worker could not be started. */
  standing: Standing | null;
  changedFiles: string[];
  /** Null until its work was collected. */
  result: string | null;
  /** When it ended its turn, or stopped to ask; null while it works. */
  endedAt: string | null;
  /** Why it failed. */
  reason: string | null;
}

/** Reads it from the log. `keep`: workers that have ended their turn are left running. */
export function progressOf(
  app: Pick<AppContext, 'ledger'>,
  session: SessionRow,
  keep: boolean,
): TaskProgress {
  const events = [...app.ledger.stream(workerStream(session.id))];
  const { turn, moment } = ownEnd(events) ?? momentIn(events);
  const collected = events.findLast(isCollected);
  const progress = {
    changedFiles: collected?.data.changed_files ?? [],
    result: collected?.data.result ?? null,
    endedAt: events.findLast(({ position }) => position === moment?.position)?.occurred_at ?? null,
    reason: session.reason ?? exitInWords(session),
  };
  // It starts without our help.
  if (session.state === 'QUEUED') return { ...progress, standing: { kind: 'working' } };
  // Its successor has its mark, as soon as there is one.
  const { handover } = events.reduce(evolveWorker, noWorker);
  if (handover !== null && !handover.done) return { ...progress, standing: { kind: 'working' } };
  if (session.alive === 0 && session.pane_pid === null) return { ...progress, standing: null };
  if (!moment) return { ...progress, standing: { kind: 'working' } };
  const how = runExit({ event: moment.event, moment, turn });
  const asks = how === 'question' || how === 'approval';
  if (asks && turn.alive) return { ...progress, standing: { kind: 'asking', exit: how } };
  const exit = asks ? 'failed' : how;
  const isCollectedSince = collected !== undefined && collected.position > moment.position;
  const isFinished = isCollectedSince && (keep || session.alive === 0);
  return { ...progress, standing: { kind: isFinished ? 'done' : 'ending', exit } };
}

function momentIn(events: readonly LedgerEvent[]): { turn: Turn; moment: TurnObservation | null } {
  const turn = turnOf(events);
  return { turn, moment: momentOf(turn, runEnds()) };
}

/** How the worker ended before it was terminated; null if it was not, or had not ended by then. */
function ownEnd(events: readonly LedgerEvent[]): ReturnType<typeof momentIn> | null {
  const terminated = events.findIndex(({ type }) => type === 'worker.termination_requested');
  if (terminated === -1) return null;
  const before = momentIn(events.slice(0, terminated));
  if (!before.moment) return null;
  const exit = runExit({ ...before, event: before.moment.event });
  return exit === 'question' || exit === 'approval' ? null : before;
}

const isCollected = (event: LedgerEvent): event is LedgerEvent & { type: 'worker.collected' } =>
  event.type === 'worker.collected';
