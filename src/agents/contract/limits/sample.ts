import type { UsageSample, UsageStatus, UsageWindow } from '../../../events/catalogue/usage.ts';

export type {
  Attempt,
  Confidence,
  Outcome,
  UsageSample,
  UsageStatus,
  UsageWindow,
  WindowKind,
} from '../../../events/catalogue/usage.ts';

/** Below this share a window is near its end. The policy's own threshold decides about use, not this. */
export const NEAR_LIMIT_PERCENT = 20;

/** Its reset has passed: its figures are of a window that is over. */
export const isExpired = (window: UsageWindow, now: Date): boolean =>
  window.reset_at !== null && Date.parse(window.reset_at) <= now.getTime();

/** A limit of one model does not stop the others, so only limits of the whole plan make a status. */
const ofThePlan = (window: UsageWindow): boolean => window.scope === null;

/**
 * The status that the windows show; `reached` is the provider's own word that its limit is reached, `overage` that work
 * beyond it would be billed, `paying` that work is billed right now.
 */
export function statusOf(
  windows: readonly UsageWindow[],
  facts: { reached: boolean; overage: boolean; paying?: boolean },
): UsageStatus {
  if (facts.paying) return 'overage_possible';
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
