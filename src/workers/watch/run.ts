import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type Collected, collectWorker } from '../commands/collect.ts';
import type { Seen } from '../commands/observe.ts';
import { type Termination, terminateWorker } from '../commands/terminate.ts';
import type { AppContext } from '../core/context.ts';
import type { Detail } from '../core/details.ts';
import { sessionNamed } from '../core/named-session.ts';
import { type Awaited, awaitedBy } from '../sight/wait-for.ts';

/** How a run ends, and what a script is told of it. */
export const RUN_EXITS = {
  completed: 0,
  question: 2,
  approval: 3,
  limit: 4,
  failed: 5,
  timeout: 124,
  /** Somebody stopped waiting; the worker goes on. */
  interrupted: 130,
} as const;

export type RunExit = keyof typeof RUN_EXITS;

/** A run goes on through a warning of a limit: only who stands still because of one has ended. */
export const runEnds = (): Awaited =>
  awaitedBy(['question,approval,overage,idle,completed,error,timeout,FAILED,CANCELLED']);

/** What the end of the wait means for whoever has started the run. */
export function runExit({ event, moment, turn }: Seen): RunExit {
  if (event === 'timeout') return 'timeout';
  if (event === 'overage_prompt' || moment?.readiness === 'limit_reached') return 'limit';
  if (turn.state === 'AWAITING_USER_INPUT') return 'question';
  if (turn.state === 'AWAITING_APPROVAL') return 'approval';
  return turn.state === 'COMPLETED' ? 'completed' : 'failed';
}

export interface Finished {
  /** Null while the worker waits for somebody, or works on without anybody who waits. */
  collect: Collected | null;
  termination: Termination | null;
}

/** Gathers what a run has made and ends its worker; who waits for an answer, or was left at work, is left alone. */
export async function finishRun(
  app: AppContext,
  session: SessionRow,
  exit: RunExit,
  { detail, keep }: { detail: Detail; keep: boolean },
): Promise<Finished> {
  if (exit === 'question' || exit === 'approval' || exit === 'interrupted')
    return { collect: null, termination: null };
  try {
    const collect = await collectWorker(app, session, detail);
    const termination = keep ? null : await terminateWorker(app, sessionNamed(app, session.id));
    return { collect, termination };
  } catch (error) {
    // What could not be gathered must not leave a worker at work that nobody waits for.
    if (!keep) await terminateWorker(app, sessionNamed(app, session.id));
    throw error;
  }
}
