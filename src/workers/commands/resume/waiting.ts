import type { AwaitedLimit } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { workerOf } from '../../core/record.ts';
import { assertHeadroom, knownCapacity } from '../../queries/capacity.ts';
import type { PastRuns } from './past-runs.ts';

/**
 * The limit that a worker without a task of its own still has to wait for, where its caller wants it to wait; null if it
 * goes on at once.
 * @throws POLICY_BLOCKED for a limit that is not waited for.
 */
export function limitAwaited(
  app: AppContext,
  session: SessionRow,
  { key, past, hasTask }: { key: string; past: PastRuns; hasTask: boolean },
): AwaitedLimit | null {
  const now = app.given().now.getTime();
  const action = workerOf(app, session.id).onLimit?.action ?? 'stop';
  const isPatient = !hasTask && past.isCutOff && action !== 'stop';
  const { waits } = past;
  if (isPatient && waits?.until && Date.parse(waits.until) > now) return waits;
  try {
    assertHeadroom(app, key, knownCapacity(app), session.model);
    return null;
  } catch (error) {
    const until = error instanceof AgentPoolError ? error.details.next_available_at : null;
    if (!isPatient || typeof until !== 'string' || Date.parse(until) <= now) throw error;
    return { because: 'limit', until, window: null, known_from: 'usage', tried: waits?.tried ?? [] };
  }
}

/** A brief is given at once, and this one would be refused. */
export const cannotWait = ({ id }: SessionRow, { until }: AwaitedLimit, why: string): AgentPoolError =>
  new AgentPoolError(
    'LIMIT_NOT_RESET',
    `${id} waits for its limit until ${until}: it goes on with a brief (${why}), which would be refused before that. Resume it then.`,
    { session_id: id, until, example: shell`agentpool resume ${id}` },
  );
