import { isFake } from '../../config/provider-ids.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Classification } from '../../terminal/detection/classify.ts';
import { recordSample } from '../../usage/asking/record.ts';
import { warningSample } from '../../usage/capacity/worker-warning.ts';
import type { AppContext } from '../core/context.ts';
import { limitEvidence } from '../sight/screen-meaning.ts';

/** Records a limit that a worker's screen shows: for the worker and, if it is new, for its provider. */
export function recordLimit(
  app: AppContext,
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
    resets,
    text: evidence.join(' '),
    at: app.given().now,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  recordSample(app.ledger, sample, { actor: app.actor, correlationId: session.id });
}

/** Whether the limit is a rate limit and not a used-up plan: it is over in a minute, whatever is left of the plan. */
const isPassing = ({ rule }: Classification): boolean => rule?.endsWith('rate-limited') ?? false;
