import type { NamedProvider, OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import type { AppContext } from '../../core/context.ts';
import { onLimitAfter } from './fallbacks.ts';
import { type HandoffRequest, handOver } from './handoff.ts';
import { successorOf } from './successor.ts';
import { finishHandover } from './unfinished.ts';

/** What has become of a worker that stopped at a limit. Without a successor it waits for the reset. */
export interface AtLimit {
  /** Who has taken over. */
  handed: string | null;
  /** The fallbacks that were not taken, and why. */
  tried: TriedProvider[];
}

/**
 * Hands the work of a worker at its limit over to the first provider that its caller has named and that has headroom for
 * that model now, in the caller's order.
 * @throws what a handover throws once one is taken and no other can be: the work stays with its worker then
 */
export async function handOverAtLimit(
  app: AppContext,
  session: SessionRow,
  onLimit: OnLimit,
): Promise<AtLimit> {
  const tried: TriedProvider[] = [];
  for (const fallback of onLimit.fallbacks) {
    const to = { provider: fallback.provider_id, model: fallback.model, account: fallback.account };
    const rest = onLimitAfter(onLimit, fallback);
    try {
      await successorOf(app, session, { to, id: app.given().newId(), onLimit: rest });
    } catch (error) {
      if (!(error instanceof AgentPoolError)) throw error;
      tried.push(notTaken(fallback, error));
      continue;
    }
    const request = { to, note: null, keep: false, because: 'limit' as const, tried, onLimit: rest };
    return { handed: await taken(app, session, request), tried };
  }
  return { handed: null, tried };
}

/** Hands it over to this one, or to the next of the list if it cannot be started after the worker was ended for it. */
async function taken(app: AppContext, session: SessionRow, request: HandoffRequest): Promise<string> {
  try {
    return (await handOver(app, session, request)).successor;
  } catch (error) {
    const successor = isUnwritable(error) ? null : await finishHandover(app, session.id);
    if (successor === null) throw error;
    return successor;
  }
}

const notTaken = (fallback: NamedProvider, error: AgentPoolError): TriedProvider => ({
  ...fallback,
  reason: redactedMessage(error),
});
