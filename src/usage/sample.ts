import Type from 'typebox';
import { Confidence } from '../providers/descriptor.ts';

export type { Confidence };

const words = <const T extends string[]>(...all: T) => Type.Enum(all);
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const instant = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
const percent = Type.Number({ minimum: 0, maximum: 101 });

export const UsageStatus = words(
  'available',
  'near_limit', // a window has less than NEAR_LIMIT_PERCENT left
  'limit_reached',
  'overage_possible', // the plan is used up and further work would be billed
  'unauthenticated',
  'unavailable', // the agent is not installed
  'unknown',
);
export type UsageStatus = Type.Static<typeof UsageStatus>;

export const WindowKind = words(
  '5h',
  'daily',
  'weekly',
  'monthly',
  'session',
  'model',
  'credits',
  'on_demand',
  'unknown',
);
export type WindowKind = Type.Static<typeof WindowKind>;

/** One limit of a plan. Percentages are as the provider gave them; the other half is 100 minus it. */
export const UsageWindow = Type.Object({
  /** Unique in a sample and stable over time: `weekly`, `weekly_fable`, `5h_gpt_5_3_codex_spark`. */
  name: Type.String(),
  kind: WindowKind,
  /** What the limit applies to when it is not the whole plan: a model, a surface. */
  scope: nullable(Type.String()),
  used_percent: nullable(percent),
  remaining_percent: nullable(percent),
  used_units: nullable(Type.Number()),
  remaining_units: nullable(Type.Number()),
  /** `requests`, `credits`, `usd`. */
  unit: nullable(Type.String()),
  window_minutes: nullable(Type.Number()),
  reset_at: nullable(instant),
  confidence: Confidence,
  /** The reset has passed since this was observed: the percentages were dropped, not shown. */
  expired: Type.Boolean(),
});
export type UsageWindow = Type.Static<typeof UsageWindow>;

/** Why a source gave no answer. */
export const Outcome = words(
  'answered',
  'not_found', // nothing to read: no binary, no file, no token
  'signed_out',
  'rate_limited',
  'refused', // 401 or 403 for a token that is not the agent's own login
  'unsupported', // this version or plan does not offer it
  'timed_out',
  'unreadable', // an answer that is not understood
  'failed',
  'skipped', // not asked: off by default, or interactive and that is not allowed
);
export type Outcome = Type.Static<typeof Outcome>;

export const Attempt = Type.Object({
  source: Type.String(),
  outcome: Outcome,
  reason: nullable(Type.String()),
  /** When the provider said to ask again (429 with retry-after). */
  retry_at: nullable(instant),
  took_ms: Type.Number(),
});
export type Attempt = Type.Static<typeof Attempt>;

/** What is known of one provider's limits. It never holds a credential or an e-mail. */
export const UsageSample = Type.Object({
  provider_id: Type.String(),
  status: UsageStatus,
  confidence: Confidence,
  source: nullable(Type.String()),
  /** When we asked. */
  checked_at: instant,
  /** When the figures were true: earlier than checked_at for a cache or a kept sample. */
  observed_at: instant,
  /** The figures are older than this question: a cache answered, or the last good sample was kept. */
  stale: Type.Boolean(),
  plan: nullable(Type.String()),
  windows: Type.Array(UsageWindow),
  credits_remaining: nullable(Type.Number()),
  premium_requests_remaining: nullable(Type.Number()),
  /** When the window that is nearest to its end resets. */
  reset_at: nullable(instant),
  tried: Type.Array(Attempt),
  warnings: Type.Array(Type.String()),
  raw: Type.Record(Type.String(), Type.Unknown()),
});
export type UsageSample = Type.Static<typeof UsageSample>;

/** Below this share a window is near its end. The policy's own threshold decides about use, not this. */
export const NEAR_LIMIT_PERCENT = 20;

export const isExpired = (window: UsageWindow, now: Date): boolean =>
  window.reset_at !== null && Date.parse(window.reset_at) <= now.getTime();

/** A limit of one model does not stop the others, so only limits of the whole plan make a status. */
const ofThePlan = (window: UsageWindow): boolean => window.scope === null;

/** The status that the windows show; `reached` is the provider's own word that its limit is reached. */
export function statusOf(
  windows: readonly UsageWindow[],
  facts: { reached: boolean; overage: boolean },
): UsageStatus {
  const spent =
    facts.reached || windows.some((window) => ofThePlan(window) && window.remaining_percent === 0);
  if (spent) return facts.overage ? 'overage_possible' : 'limit_reached';
  const low = windows.some((w) => w.remaining_percent !== null && w.remaining_percent < NEAR_LIMIT_PERCENT);
  return low ? 'near_limit' : 'available';
}

const exhausted = (status: UsageStatus): boolean =>
  status === 'limit_reached' || status === 'overage_possible';

/**
 * The sample as it reads at `now`: a window whose reset has passed loses its percentages, because what was
 * spent before the reset says nothing about what is left after it. A reached limit whose window has reset
 * becomes unknown, not available: recovery is never inferred.
 */
export function asOf(sample: UsageSample, now: Date): UsageSample {
  const passed = sample.windows.filter((window) => isExpired(window, now));
  if (passed.length === 0) return sample;
  const windows = sample.windows.map((window) =>
    passed.includes(window)
      ? {
          ...window,
          used_percent: null,
          remaining_percent: null,
          used_units: null,
          remaining_units: null,
          expired: true,
        }
      : window,
  );
  const live = windows.filter((window) => !window.expired);
  const known = live.some((window) => ofThePlan(window) && window.remaining_percent !== null);
  const status = !['available', 'near_limit', 'limit_reached', 'overage_possible'].includes(sample.status)
    ? sample.status
    : exhausted(sample.status) && !live.some((w) => ofThePlan(w) && w.remaining_percent === 0)
      ? 'unknown'
      : !known
        ? 'unknown'
        : exhausted(sample.status)
          ? sample.status
          : statusOf(live, { reached: false, overage: false });
  return { ...sample, windows, status, reset_at: nextReset(windows) };
}

/** The reset of the window with the least left: the one that a caller waits for. */
export function nextReset(windows: readonly UsageWindow[]): string | null {
  const waiting = windows.filter((window) => !window.expired && window.reset_at !== null);
  const left = (window: UsageWindow): number => window.remaining_percent ?? 101;
  return waiting.toSorted((a, b) => left(a) - left(b))[0]?.reset_at ?? null;
}
