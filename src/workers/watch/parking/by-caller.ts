import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import type { Parked } from '../../../projections/sessions/schema.ts';
import { Backlog } from '../../core/backlog.ts';
import type { AppContext } from '../../core/context.ts';
import { record, workerOf } from '../../core/record.ts';
import { limitsOfWorker } from './ask.ts';
import { continueWorker } from './continue.ts';
import { parkCommand } from './park-command.ts';
import { planPark } from './plan.ts';
import { knownReset } from './reset.ts';

/**
 * Lets a worker wait for the reset of a limit that its account has reached, although nothing was said about that when it
 * was spawned: the watcher continues it then. Returns what it waits for.
 * @throws NO_LIMIT_REACHED if no limit of its account, or of its model, is known to be reached; INVALID_TRANSITION
 */
export function parkWorker(app: AppContext, session: SessionRow): Pick<Parked, 'until' | 'window'> {
  const now = app.given().now.getTime();
  const usage = limitsOfWorker(app, session).known();
  const { model } = session;
  const reset = knownReset({ words: null, evidence: [], usage, because: 'limit', model, now });
  if (reset.until === null || reset.until <= now)
    throw new AgentPoolError(
      'NO_LIMIT_REACHED',
      `No limit of ${session.provider_id} is known to be reached: ${session.id} has nothing to wait for.`,
      {
        session_id: session.id,
        example: shell`agentpool usage-summary --refresh --provider ${session.provider_id}`,
      },
    );
  const { parks } = workerOf(app, session.id);
  const plan = planPark({
    id: session.id,
    now,
    reset,
    attempt: parks + 1,
    graceMs: 0,
    bounds: {
      maxContinuations: app.config.workers.max_continuations,
      waitAtMostMs: null,
      waitedMs: 0,
    },
  });
  const wait = { because: 'limit', reset, continuesItself: false, tried: [], held: null } as const;
  record(app, session.id, parkCommand(plan, wait));
  return { until: new Date(reset.until).toISOString(), window: reset.window };
}

/** Continues a parked worker now, as the watcher does after the reset. Returns why it could not; null if it goes on. */
export async function continueNow(app: AppContext, session: SessionRow): Promise<string | null> {
  const backlog = new Backlog(() => app.given().now);
  const isParked = () => sessionById(app.ledger, session.id)?.state === 'PARKED';
  try {
    const words = app.config.workers.continue_with;
    return await continueWorker({ ...app, backlog }, session, { words, isParked });
  } finally {
    backlog.close();
  }
}
