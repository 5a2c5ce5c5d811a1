import {
  asOf,
  failedAttempt,
  isSpent,
  planWindows,
  type UsageSample,
} from '../../agents/contract/limits/sample.ts';
import { isFake } from '../../config/provider-ids.ts';
import type { CurrentSample } from './elsewhere.ts';
import type { Capacity, CapacityModel, CapacityRow, CapacityWindow, ResetCredits } from './schema.ts';
import { type ObservedWindows, trendOf } from './trend.ts';
import { type CapacityPolicy, type KnownProvider, modelVerdicts, verdictOf } from './verdict.ts';
import { windowWords } from './window-words.ts';

export type { Capacity, CapacityPolicy, CapacityRow, CapacityWindow, KnownProvider };

export interface CapacityGiven {
  /** The latest sample of each provider. */
  samples: readonly CurrentSample[];
  policy: CapacityPolicy;
  now: Date;
  known?: Readonly<Record<string, KnownProvider>>;
  /** Earlier samples of each provider, for the trend. */
  history?: Readonly<Record<string, readonly ObservedWindows[]>>;
  /** The reader's time zone for the words; the system's if undefined. */
  timeZone?: string | undefined;
  /** Whether the counts include our own fakes, which have no subscription. */
  includeFakes?: boolean;
}

/** Which providers are usable now, which are not and why, and when they come back. Pure. */
export function capacity(given: CapacityGiven): Capacity {
  const samples = given.samples.toSorted((a, b) => (a.provider_id < b.provider_id ? -1 : 1));
  const rows = samples.map((sample) => rowOf(sample, given));
  const counted = given.includeFakes ? rows : rows.filter(({ provider_id }) => !isFake(provider_id));
  const count = (is: (row: CapacityRow) => boolean): number => counted.filter(is).length;
  const waiting = rows
    .filter((row) => row.next_available_at !== null)
    .toSorted((a, b) => ((a.next_available_at ?? '') < (b.next_available_at ?? '') ? -1 : 1))[0];
  return {
    checked_at: given.now.toISOString(),
    min_remaining_percent: given.policy.min_remaining_percent,
    providers: Object.fromEntries(rows.map((row) => [row.provider_id, row])),
    counts: {
      total: counted.length,
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
  earlier: readonly ObservedWindows[],
  { now, timeZone }: Pick<CapacityGiven, 'now' | 'timeZone'>,
): CapacityWindow[] {
  const history = [...earlier, observed];
  return asOf(observed, now).windows.map((window) => {
    const trend = trendOf(window, history, now);
    return { ...window, trend, words: windowWords(window, trend, now, timeZone) };
  });
}

function rowOf(observed: CurrentSample, given: CapacityGiven): CapacityRow {
  const { policy, now, timeZone } = given;
  const sample = asOf(observed, now);
  const known = given.known?.[sample.provider_id];
  const windows = windowsNow(observed, given.history?.[sample.provider_id] ?? [], { now, timeZone });
  const age_seconds = ageOf(sample, now);
  const stale = age_seconds > policy.usage_stale_after_seconds;
  const about = { policy, now, known, stale };
  const { usable, unusable_reason, next_available_at } = verdictOf(sample, about);
  return {
    provider_id: sample.provider_id,
    ...(observed.machine === undefined ? {} : { machine: observed.machine }),
    status: sample.status,
    confidence: sample.confidence,
    installed: known?.installed ?? (sample.status === 'unavailable' ? false : null),
    auth_status: known?.auth_status ?? (sample.status === 'unauthenticated' ? 'unauthenticated' : null),
    usable,
    unusable_reason,
    next_available_at,
    stale,
    age_seconds,
    checked_at: sample.checked_at,
    observed_at: sample.observed_at,
    plan: sample.plan,
    windows,
    models: modelsOfRow(sample, windows, about),
    blocked: sample.blocked ?? null,
    unlimited: sample.unlimited === true,
    refresh_failed: refreshFailed(sample),
    credits_remaining: sample.credits_remaining,
    premium_requests_remaining: sample.premium_requests_remaining,
    reset_credits: resetCreditsOf(sample),
    warnings: sample.warnings,
    source: sample.source,
    tried: sample.tried,
    summary: summaryOf(sample, windows),
  };
}

function resetCreditsOf({ raw }: UsageSample): ResetCredits | null {
  const { reset_credits: count, reset_credits_expire_at: expiries } = raw;
  if (typeof count !== 'number' || count <= 0) return null;
  const first: unknown = Array.isArray(expiries) ? expiries[0] : null;
  return { count, expires_at: typeof first === 'string' ? first : null };
}

/** Figures from the future are as old as the clock was set back. */
const ageOf = ({ observed_at }: UsageSample, now: Date): number =>
  Math.abs(Math.round((now.getTime() - Date.parse(observed_at)) / 1000));

function modelsOfRow(
  sample: UsageSample,
  windows: readonly CapacityWindow[],
  about: Parameters<typeof modelVerdicts>[1],
): Record<string, CapacityModel> {
  const verdicts = Object.entries(modelVerdicts(sample, about));
  return Object.fromEntries(
    verdicts.map(([name, verdict]) => {
      const names = new Set(verdict.windows.map((window) => window.name));
      return [name, { ...verdict, windows: windows.filter((window) => names.has(window.name)) }];
    }),
  );
}

/** Why the last question brought nothing, if the figures are from before it. */
function refreshFailed(sample: UsageSample): string | null {
  const failed = failedAttempt(sample);
  return failed ? (failed.reason ?? failed.outcome.replaceAll('_', ' ')) : null;
}

function summaryOf(sample: UsageSample, windows: readonly CapacityWindow[]): string {
  const reached = sample.status === 'limit_reached' ? reachedWords(sample, windows) : [];
  const credits = sample.credits_remaining === null ? [] : [`${sample.credits_remaining} credits left`];
  const parts = [...reached, ...windows.map(({ words }) => words), ...credits];
  if (parts.length > 0) return parts.join('; ');
  if (sample.warnings.length > 0) return sample.warnings.join('; ');
  return sample.unlimited ? 'unlimited' : sample.status;
}

/** A limit that no window shows has to be said. */
function reachedWords({ blocked }: UsageSample, windows: readonly CapacityWindow[]): string[] {
  if (blocked) return [blocked.reason.replaceAll('_', ' ')];
  return planWindows(windows).some(isSpent) ? [] : ['limit reached'];
}
