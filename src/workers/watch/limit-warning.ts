import { isFake } from '../../config/provider-ids.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import type { Classification, Warning } from '../../terminal/detection/classify.ts';
import { recordSample } from '../../usage/asking/record.ts';
import { overSample, stillCounts, warningSample, withEarlier } from '../../usage/capacity/worker-warning.ts';
import type { AppContext } from '../core/context.ts';
import type { WatchContext } from '../core/record.ts';
import { limitEvidence } from '../sight/screen-meaning.ts';

/** Records a limit that a worker's screen shows: for the worker and, if it is new, for its provider. */
export function recordLimit(
  app: WatchContext,
  session: SessionRow,
  classification: Classification,
  record: (command: WorkerCommand) => LedgerEvent[] | null,
): void {
  const { rule, warnings, resets_at_text } = classification;
  const evidence = limitEvidence(classification);
  const resets = resets_at_text ?? warnings[0]?.resets_at_text ?? null;
  const warning = { rule: rule ?? warnings[0]?.rule ?? 'limit', evidence, resetsAtText: resets };
  const events = record({ kind: 'warn_limit', ...warning });
  // Fake agents simulate their limits: no subscription has less left.
  if (!events?.length || isFake(session.provider_id)) return;
  const sample = warningSample({
    provider_id: session.provider_id,
    reached: classification.label === 'limit' && !isPassing(classification),
    paid: isPaid(app, session.provider_id, warnings),
    resets,
    text: evidence.join(' '),
    at: app.given().now,
  });
  const options = { actor: app.actor, correlationId: session.id };
  app.backlog.append({
    about: null,
    run: (at) =>
      app.ledger.store.transaction(() => {
        app.guard?.();
        const earlier = knownUsageOf(app.ledger, sample.provider_id)?.warned ?? null;
        recordSample(
          app.ledger,
          withEarlier(sample, earlier),
          at ? { ...options, occurredAt: at.toISOString() } : options,
        );
      }),
  });
}

/** Records that a worker whose limit was used up works again: nothing else sees it where the provider cannot be asked. */
export function recordLimitOver(app: WatchContext, { id, provider_id }: SessionRow): void {
  if (isFake(provider_id)) return;
  const sample = overSample(provider_id, app.given().now);
  const options = { actor: app.actor, correlationId: id };
  app.backlog.append({
    about: null,
    run: () =>
      app.ledger.store.transaction(() => {
        app.guard?.();
        // What is paid by the use is no limit that ends with the next answer.
        if (knownUsageOf(app.ledger, provider_id)?.warned?.status === 'limit_reached')
          recordSample(app.ledger, sample, options);
      }),
  });
}

/** Whether the screen shows paid use, or an earlier one did that still counts: a nearer limit of another worker ends none. */
function isPaid(
  { ledger, config, given }: AppContext,
  provider: string,
  warnings: readonly Warning[],
): boolean {
  if (warnings.some(({ paid }) => paid)) return true;
  const { latest = null, warned = null } = knownUsageOf(ledger, provider) ?? {};
  if (warned?.status !== 'overage_possible') return false;
  const isAnswered = latest !== null && isGood(latest) && latest.observed_at >= warned.observed_at;
  return !isAnswered && stillCounts(warned, given().now, config.policy.usage_stale_after_seconds * 1000);
}

/** Whether the limit is a rate limit and not a used-up plan: it is over in a minute, whatever is left of the plan. */
const isPassing = ({ rule }: Classification): boolean => rule?.endsWith('rate-limited') ?? false;
