import type { SessionRow } from '../projections/session-queries.ts';
import { isFake } from '../providers/fake-descriptors.ts';
import type { Judgement } from '../terminal/detection/judge.ts';
import { recordSample } from '../usage/record.ts';
import { warnedSample } from '../usage/worker-warning.ts';
import type { House } from './house.ts';
import { recordIfNews } from './record.ts';
import { limitEvidence } from './screen-meaning.ts';

/** Records that a worker's screen speaks of a limit: of the worker, and, where that is news, of its provider. */
export function recordLimit(house: House, session: SessionRow, judgement: Judgement): void {
  const { rule, warnings, resets_at_text } = judgement;
  const evidence = limitEvidence(judgement);
  const resets = resets_at_text ?? warnings[0]?.resets_at_text ?? null;
  const told = { rule: rule ?? warnings[0]?.rule ?? 'limit', evidence, resetsAtText: resets };
  const events = recordIfNews(house, session.id, { kind: 'warn_limit', ...told });
  // The fakes play their limits: nobody's subscription has any less left.
  if (!events?.length || isFake(session.provider_id)) return;
  const sample = warnedSample({
    provider_id: session.provider_id,
    reached: judgement.label === 'limit' && !isPassing(judgement),
    resets,
    text: evidence.join(' '),
    at: house.given().now,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  recordSample(house.ledger, sample, { actor: house.actor, correlationId: session.id });
}

/** Asked too often, not used up: over in a minute, whatever is left of the plan. */
const isPassing = ({ rule }: Judgement): boolean => rule?.endsWith('rate-limited') ?? false;
