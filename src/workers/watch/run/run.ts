import { changed } from '../../../events/store/follow.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type Termination, terminateWorker } from '../../commands/ending/terminate.ts';
import type { WaitOutcome } from '../../commands/observe.ts';
import { reconcileIfNeeded } from '../../commands/reconcile.ts';
import { type Collected, collectWorker } from '../../commands/results/collect.ts';
import type { AppContext } from '../../core/context.ts';
import type { Detail } from '../../core/details.ts';
import { isStoppedByLimit } from '../../core/limits/at-limit.ts';
import { workerOf } from '../../core/record.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { parseWaitFor, type WaitCondition } from '../../sight/wait-for.ts';

/** How a run can end, with its exit status. */
export const RUN_EXITS = {
  completed: 0,
  question: 2,
  approval: 3,
  limit: 4,
  failed: 5,
  timeout: 124,
  /** The wait was interrupted; the worker continues. */
  interrupted: 130,
} as const;

export type RunExit = keyof typeof RUN_EXITS;

/** What ends a run. A limit warning does not: only a worker that stops at a limit has ended. */
export const runEnds = (): WaitCondition =>
  parseWaitFor(['question,approval,overage,idle,completed,error,timeout,FAILED,CANCELLED']);

/** The end of a run, by the observation that ended its wait. */
export function runExit({ event, moment, turn }: WaitOutcome): RunExit {
  if (event === 'timeout') return 'timeout';
  if (event === 'overage_prompt' || isStoppedByLimit(moment?.readiness)) return 'limit';
  if (turn.state === 'AWAITING_USER_INPUT') return 'question';
  if (turn.state === 'AWAITING_APPROVAL') return 'approval';
  return turn.state === 'COMPLETED' ? 'completed' : 'failed';
}

/** How often the end of a handover is looked for, in milliseconds. */
const HANDOVER_MS = 500;

/**
 * The worker that goes on with the work of this one; null if it has none. A worker is ended in the middle of its
 * handover, so this waits until that is over, or until the signal.
 */
export async function takenOverBy(app: AppContext, id: string, signal: AbortSignal): Promise<string | null> {
  const { store } = app.ledger;
  for (;;) {
    const counter = store.changeCounter();
    const { handover, started } = workerOf(app, id);
    if (handover === null && !started) return insteadOf(app, id, signal);
    if (handover === null || handover.done || signal.aborted) return handover?.successor ?? null;
    await changed(store, counter, signal, { forMs: HANDOVER_MS });
    // If the process that hands it over was killed, the next command finishes or undoes it.
    await reconcileIfNeeded(app);
  }
}

/** Who took over in place of a successor that could not be started; null if no other did. */
async function insteadOf(app: AppContext, id: string, signal: AbortSignal): Promise<string | null> {
  const { predecessor } = sessionNamed(app, id);
  const other = predecessor === null ? null : await takenOverBy(app, predecessor, signal);
  return other === id ? null : other;
}

export interface FinishedRun {
  /** Null if the worker waits for an answer, or continues after the wait was interrupted. */
  collect: Collected | null;
  termination: Termination | null;
}

/**
 * Collects the work of a run and terminates its worker, unless it waits for an answer, still works, or is lost: to end
 * one that is lost would take it out of those that can be resumed.
 */
export async function finishRun(
  app: AppContext,
  session: SessionRow,
  exit: RunExit,
  { detail, keep }: { detail: Detail; keep: boolean },
): Promise<FinishedRun> {
  if (exit === 'question' || exit === 'approval' || exit === 'interrupted')
    return { collect: null, termination: null };
  const ends = () => !keep && sessionNamed(app, session.id).state !== 'LOST';
  try {
    const collect = await collectWorker(app, session, detail);
    const termination = ends() ? await terminateWorker(app, sessionNamed(app, session.id)) : null;
    return { collect, termination };
  } catch (error) {
    // A failed collection must not leave a worker behind that no process waits for.
    if (ends()) await terminateWorker(app, sessionNamed(app, session.id));
    throw error;
  }
}
