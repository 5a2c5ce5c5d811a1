import type { NamedProvider, OnLimit, TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { type HandedOver, handOver } from './handoff.ts';
import { successorOf } from './successor.ts';

/** What has become of a worker that stopped at a limit. Without a successor it waits for the reset. */
export interface AtLimit {
  handed: HandedOver | null;
  /** The fallbacks that were not taken, and why. */
  tried: TriedProvider[];
}

/**
 * Hands the work of a worker at its limit over to the first provider that its caller has named and that has headroom for
 * that model now, in the caller's order.
 * @throws what a handover throws once one is taken: the work stays with its worker then
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
    return { handed: await handOver(app, session, request), tried };
  }
  return { handed: null, tried };
}

/** What the successor that was taken from a list does at a limit: the rest of the list, then it waits. */
export const onLimitAfter = ({ fallbacks, wait_at_most_seconds }: OnLimit, taken: NamedProvider): OnLimit => {
  const isTaken = ({ provider_id, model, account }: NamedProvider) =>
    provider_id === taken.provider_id && model === taken.model && account === taken.account;
  const rest = fallbacks.slice(fallbacks.findIndex(isTaken) + 1);
  return { action: rest.length > 0 ? 'hand_over' : 'wait', fallbacks: rest, wait_at_most_seconds };
};

const notTaken = (fallback: NamedProvider, error: AgentPoolError): TriedProvider => ({
  ...fallback,
  reason: redact(errorMessage(error)),
});
