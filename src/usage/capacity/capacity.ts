import { asOf, type UsageSample, type UsageWindow } from '../../agents/contract/limits/sample.ts';
import type { Capacity, CapacityRow, CapacityWindow } from './schema.ts';
import { type Observed, trendOf } from './trend.ts';
import { windowWords } from './window-words.ts';

export type { Capacity, CapacityRow, CapacityWindow };

/** The part of the policy that decides capacity. */
export interface CapacityPolicy {
  /** A provider is not usable while any of its windows has less than this percentage left. */
  min_remaining_percent: number;
  usage_stale_after_seconds: number;
  block_on_usage_statuses: readonly string[];
  allowed_providers: readonly string[];
  denied_providers: readonly string[];
  never_allow_overage?: boolean;
  /** Providers that may be paid by the use. */
  allow_overage_for?: readonly string[];
}

/** What detection found of a provider, if it ran. */
export interface KnownProvider {
  installed: boolean;
  auth_status: string;
}

export interface CapacityGiven {
  /** The latest sample of each provider. */
  samples: readonly UsageSample[];
  policy: CapacityPolicy;
  now: Date;
  known?: Readonly<Record<string, KnownProvider>>;
  /** Earlier samples of each provider, for the trend. */
  history?: Readonly<Record<string, readonly Observed[]>>;
  /** The reader's time zone for the words; the system's if undefined. */
  timeZone?: string | undefined;
}

/** Confidences that a decision may rest on; others are shown only. */
const TRUSTED = ['official', 'local_cli', 'local_config', 'user_configured'];

/** Which providers are usable now, which are not and why, and when they come back. Pure. */
export function capacity(given: CapacityGiven): Capacity {
  const samples = given.samples.toSorted((a, b) => (a.provider_id < b.provider_id ? -1 : 1));
  const rows = samples.map((sample) => rowOf(sample, given));
  const count = (is: (row: CapacityRow) => boolean): number => rows.filter(is).length;
  const waiting = rows
    .filter((row) => row.next_available_at !== null)
    .toSorted((a, b) => ((a.next_available_at ?? '') < (b.next_available_at ?? '') ? -1 : 1))[0];
  return {
    checked_at: given.now.toISOString(),
    min_remaining_percent: given.policy.min_remaining_percent,
    providers: Object.fromEntries(rows.map((row) => [row.provider_id, row])),
    counts: {
      total: rows.length,
      usable: count((row) => row.usable),
      unusable: count((row) => !row.usable),
      available: count((row) => row.status === 'available'),
      near_limit: count((row) => row.status === 'near_limit'),
      limit_reached: count((row) => row.status === 'limit_reached'),
      unknown: count((row) => row.status === 'unknown'),
      unavailable: count((row) => row.status === 'unavailable'),
    },
    next_available_provider: waiting?.provider_id ?? null,
    next_available_at: waiting?.next_available_at ?? null,
  };
}

/** The windows of an answer as of now, each with its trend from earlier figures, and both in words. */
export function windowsNow(
  observed: UsageSample,
  earlier: readonly Observed[],
  { now, timeZone }: Pick<CapacityGiven, 'now' | 'timeZone'>,
): CapacityWindow[] {
  const history = [...earlier, observed];
  return asOf(observed, now).windows.map((window) => {
    const trend = trendOf(window, history, now);
    return { ...window, trend, words: windowWords(window, trend, now, timeZone) };
  });
}

function rowOf(observed: UsageSample, given: CapacityGiven): CapacityRow {
  const { policy, now, timeZone } = given;
  const sample = asOf(observed, now);
  const known = given.known?.[sample.provider_id];
  const windows = windowsNow(observed, given.history?.[sample.provider_id] ?? [], { now, timeZone });
  const age_seconds = Math.max(0, Math.round((now.getTime() - Date.parse(sample.observed_at)) / 1000));
  const stale = age_seconds > policy.usage_stale_after_seconds;
  const unusable_reason = whyNot(sample, policy, known, stale);
  return {
    provider_id: sample.provider_id,
    status: sample.status,
    confidence: sample.confidence,
    installed: known?.installed ?? (sample.status === 'unavailable' ? false : null),
    auth_status: known?.auth_status ?? (sample.status === 'unauthenticated' ? 'unauthenticated' : null),
    usable: unusable_reason === null,
    unusable_reason,
    next_available_at: unusable_reason === null ? null : backAt(sample, policy),
    stale,
    age_seconds,
    checked_at: sample.checked_at,
    observed_at: sample.observed_at,
    plan: sample.plan,
    windows,
    credits_remaining: sample.credits_remaining,
    premium_requests_remaining: sample.premium_requests_remaining,
    warnings: sample.warnings,
    source: sample.source,
    tried: sample.tried,
    summary: summaryOf(sample, windows),
  };
}

/** The first reason why a provider is not usable. Reasons that waiting does not remove come first, resets last. */
function whyNot(
  sample: UsageSample,
  policy: CapacityPolicy,
  known: KnownProvider | undefined,
  stale: boolean,
): string | null {
  const { provider_id, status, confidence } = sample;
  if (known?.installed === false || status === 'unavailable') return 'not_installed';
  if (policy.denied_providers.includes(provider_id)) return 'policy_denied';
  if (policy.allowed_providers.length > 0 && !policy.allowed_providers.includes(provider_id))
    return 'policy_not_allowed';
  const auth = status === 'unauthenticated' ? status : known?.auth_status;
  if (auth === 'unauthenticated' || auth === 'unavailable') return `auth_${auth}`;
  if (status === 'overage_possible') {
    if (policy.allow_overage_for?.includes(provider_id)) return null;
    if (policy.never_allow_overage) return status;
  }
  if (status === 'limit_reached' || policy.block_on_usage_statuses.includes(status)) return status;
  if (status === 'unknown') return 'usage_unknown';
  if (!TRUSTED.includes(confidence)) return `confidence_${confidence}`;
  if (stale) return 'usage_stale';
  const [low] = lowWindows(sample, policy);
  return low ? `${low.name}_below_${policy.min_remaining_percent}_percent` : null;
}

/** On-demand money is no limit of the plan: the policy on overage decides about it. */
const lowWindows = (sample: UsageSample, policy: CapacityPolicy): UsageWindow[] =>
  sample.windows.filter(
    (w) =>
      w.kind !== 'on_demand' &&
      w.remaining_percent !== null &&
      w.remaining_percent < policy.min_remaining_percent,
  );

/** When the last of the low windows has reset. */
function backAt(sample: UsageSample, policy: CapacityPolicy): string | null {
  if (['unavailable', 'unauthenticated', 'unknown'].includes(sample.status)) return null;
  const resets = lowWindows(sample, policy).map(({ reset_at }) => reset_at);
  if (resets.length === 0 || resets.includes(null)) return null;
  return resets.toSorted().at(-1) ?? null;
}

function summaryOf(sample: UsageSample, windows: readonly CapacityWindow[]): string {
  const credits = sample.credits_remaining === null ? [] : [`${sample.credits_remaining} credits left`];
  const parts = [...windows.map(({ words }) => words), ...credits];
  if (parts.length > 0) return parts.join('; ');
  return sample.warnings.length > 0 ? sample.warnings.join('; ') : sample.status;
}
