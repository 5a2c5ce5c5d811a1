import { isSpent, modelsOf } from '../../../../agents/contract/limits/sample.ts';
import { keyOfWorker } from '../../../../config/accounts.ts';
import { isFake } from '../../../../config/provider-ids.ts';
import type { LedgerEvent } from '../../../../events/catalogue/index.ts';
import type { WorkerCommand } from '../../../../machines/worker/commands.ts';
import { modelsListed } from '../../../../projections/listed-models.ts';
import type { SessionRow } from '../../../../projections/sessions/queries.ts';
import { knownUsageOf } from '../../../../projections/usage/queries.ts';
import { isGood } from '../../../../projections/usage/usage-summary.ts';
import type { Classification, Warning } from '../../../../terminal/detection/classify.ts';
import { recordSample } from '../../../../usage/asking/record.ts';
import { limitedModel } from '../../../../usage/capacity/limited-model.ts';
import { limitsModel } from '../../../../usage/capacity/model-names.ts';
import {
  overSample,
  stillCounts,
  warningSample,
  withEarlier,
} from '../../../../usage/capacity/worker-warning.ts';
import type { AppContext } from '../../../core/context.ts';
import type { WatchContext } from '../../../core/record.ts';
import { limitEvidence } from '../../../sight/screen-meaning.ts';

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
  const key = keyOfWorker(session);
  const text = evidence.join(' ');
  const sample = warningSample({
    provider_id: key,
    model: limitedModel(text, session.model, knownModels(app, session.provider_id, key)),
    reached: classification.label === 'limit' && !isPassing(classification),
    paid: isPaid(app, key, warnings),
    resets,
    text,
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

/** The models that the words of a limit may name: those that the agent lists, and those of the limits known so far. */
function knownModels({ ledger }: AppContext, provider: string, key: string): string[] {
  const listed = modelsListed(ledger)[provider] ?? [];
  const windows = knownUsageOf(ledger, key)?.good?.windows ?? [];
  return [...listed.map(({ id }) => id), ...windows.flatMap((window) => modelsOf(window))];
}

/**
 * Records that a worker whose limit was used up works again: nothing else sees it where the provider cannot be asked.
 * It says nothing about the limits of models that it does not use.
 */
export function recordLimitOver(app: WatchContext, session: SessionRow): void {
  const { id, model } = session;
  if (isFake(session.provider_id)) return;
  const provider_id = keyOfWorker(session);
  const at = app.given().now;
  const options = { actor: app.actor, correlationId: id };
  app.backlog.append({
    about: null,
    run: () =>
      app.ledger.store.transaction(() => {
        app.guard?.();
        const warned = knownUsageOf(app.ledger, provider_id)?.warned;
        // What is paid by the use is no limit that ends with the next answer.
        if (!warned || warned.status === 'overage_possible' || !warned.windows.some(isSpent)) return;
        const others = warned.windows.filter(
          (window) => model !== null && modelsOf(window).length > 0 && !limitsModel(window, model),
        );
        if (others.length < warned.windows.length)
          recordSample(app.ledger, overSample(provider_id, at, others), options);
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
