import { BILLED_BY_KEY } from '../../agents/contract/descriptor.ts';
import {
  NO_LIMITS,
  type UsageAnswer,
  type UsageReading,
  type UsageSource,
} from '../../agents/contract/limits/reading.ts';
import {
  type Attempt,
  asOf,
  isFailedAttempt,
  nextReset,
  type UsageSample,
} from '../../agents/contract/limits/sample.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import { accountOf, isSameAccount } from './account.ts';
import type { AskedSource } from './in-order.ts';
import type { ProbeSettings, ProbeTarget } from './probe-request.ts';
import { unknownSample } from './unasked.ts';

/** The sample of a probe: what was answered, else the last good figures, else why there are none. */
export function sampleFor(
  request: ProbeSettings,
  target: ProbeTarget,
  last: AskedSource | null,
  tried: Attempt[],
): UsageSample {
  const { source, reading } = last ?? {};
  if (!source || !reading) return unanswered(request, target, tried);
  if (reading.answered)
    return newestSample(request, target, sampleOf(request, target, source, reading, tried), tried);
  // The agent itself says that it is signed out: older figures may be of another account.
  if (target.billing) return billedSample(request, target, tried);
  const facts = { status: 'unauthenticated', source: source.id, confidence: source.confidence } as const;
  return { ...blank(request, target), ...facts, tried, warnings: [reading.reason] };
}

/** One question to a source, as a sample lists it. */
export const attempt = (source: UsageSource, reading: UsageReading, took: number): Attempt => ({
  source: source.id,
  outcome: reading.answered ? 'answered' : reading.outcome,
  reason: reading.answered ? null : reading.reason,
  retry_at: reading.answered ? null : reading.retry_at,
  took_ms: Math.round(took),
});

const blank = ({ now, lastGood }: ProbeSettings, { provider_id, login = null }: ProbeTarget): UsageSample => {
  const last = lastGood(provider_id);
  // Before the first figures there is nothing that another account could be mistaken for.
  const account = last ? accountOf(null, login, last) : (login?.id ?? null);
  const sample = unknownSample(provider_id, now());
  return login === null ? sample : { ...sample, account, raw: { login_folder: login.folder } };
};

function sampleOf(
  request: ProbeSettings,
  target: ProbeTarget,
  source: UsageSource,
  reading: UsageAnswer,
  tried: Attempt[],
): UsageSample {
  const { answered: _, observed_at, account: reported, ...facts } = reading;
  const { provider_id, login = null } = target;
  const sample = blank(request, target);
  const given = {
    ...sample,
    ...facts,
    account: accountOf(reported, login, request.lastGood(provider_id)),
    confidence: source.confidence,
    source: source.id,
    observed_at: observed_at ?? sample.observed_at,
    blocked: refusalAt(facts.blocked, observed_at ?? sample.observed_at),
    reset_at: nextReset(facts.windows),
    tried,
    warnings: [...facts.warnings, ...(reading.stale ? keptBecause(tried, observed_at) : [])],
    raw: { ...sample.raw, source: source.id, ...facts.raw },
  };
  return asOf(given, request.now());
}

/** A refusal that names a moment before it was given does not say when it ends. */
const refusalAt = (blocked: UsageAnswer['blocked'], at: string): UsageAnswer['blocked'] =>
  blocked?.until != null && blocked.until <= at ? { ...blocked, until: null } : blocked;

/** A worker of a setup without a login runs, and no subscription has a limit that it could reach. */
const billedSample = (request: ProbeSettings, target: ProbeTarget, tried: Attempt[]): UsageSample => ({
  ...blank(request, target),
  status: 'available',
  confidence: 'local_config',
  source: 'billing',
  tried,
  warnings: [`${BILLED_BY_KEY} (${target.billing}): no subscription, ${NO_LIMITS}`],
});

/** The last good figures, if they are of the account that was asked now. */
function lastGoodOf(
  request: ProbeSettings,
  { provider_id, login = null }: ProbeTarget,
): UsageSample | undefined {
  const last = request.lastGood(provider_id);
  return last && isGood(last) && isSameAccount(last, login) ? last : undefined;
}

/** Figures that an agent wrote to a file earlier do not replace newer ones of the ledger. */
function newestSample(
  request: ProbeSettings,
  target: ProbeTarget,
  sample: UsageSample,
  tried: Attempt[],
): UsageSample {
  const last = lastGoodOf(request, target);
  const isOlder = sample.stale && last !== undefined && last.observed_at > sample.observed_at;
  const isSame = (last?.account ?? null) === (sample.account ?? null);
  return isOlder && (isSame || last.account == null) ? lastGoodSample(request, last, tried) : sample;
}

function unanswered(request: ProbeSettings, target: ProbeTarget, tried: Attempt[]): UsageSample {
  const last = lastGoodOf(request, target);
  if (last) return lastGoodSample(request, last, tried);
  const reasons = tried.flatMap(({ source, reason }) => (reason === null ? [] : [`${source}: ${reason}`]));
  const warnings =
    reasons.length > 0
      ? reasons
      : [`no source reports the limits of ${target.provider_id} with the backend ${request.backend}`];
  return { ...blank(request, target), tried, warnings };
}

/** The last good sample with its own time, and why the question failed now. */
function lastGoodSample(request: ProbeSettings, last: UsageSample, tried: Attempt[]): UsageSample {
  const why = tried.find(isFailedAttempt) ?? tried.findLast(({ reason }) => reason !== null);
  const warnings = why ? [`kept from ${last.observed_at}: ${why.source}: ${why.reason}`] : last.warnings;
  return asOf(
    { ...last, checked_at: request.now().toISOString(), stale: true, tried, warnings },
    request.now(),
  );
}

/** Why figures of a file are shown in place of the provider's word. */
function keptBecause(tried: readonly Attempt[], observed_at: string | null): string[] {
  const why = tried.find(isFailedAttempt);
  return why && observed_at !== null ? [`kept from ${observed_at}: ${why.source}: ${why.reason}`] : [];
}
