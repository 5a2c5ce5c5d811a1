import { limitIn } from '../../agents/contract/limits/limit-words.ts';
import { usageWindow } from '../../agents/contract/limits/reading.ts';
import {
  isExpired,
  isSpent,
  nextReset,
  planWindows,
  type UsageSample,
  type UsageWindow,
} from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { resetMoment } from '../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE, type Zone } from '../../lib/time/zones.ts';

export interface WorkerWarning {
  provider_id: string;
  /** The limit is reached, not just near. */
  reached: boolean;
  /** The work goes on beyond the plan and is paid by the use. */
  paid?: boolean;
  /** What the screen showed about the reset: `4:10am (UTC)`, `Nov 26 at 3pm`; null if nothing. */
  resets: string | null;
  /** The model whose own limit it is; null or left out for the limit of the plan. */
  model?: string | null;
  /** The words of the warning. */
  text: string;
  at: Date;
  /** The zone of a reset that names none; that of this machine, on which the worker runs, if it is left out. */
  zone?: Zone;
}

/** The longest window that agents name in their warnings: a limit whose reset could not be read is over by then. */
const LONGEST_MINUTES = 7 * 24 * 60;

/** Until when a window counts whose reset could not be read. */
const countsFor = (window: UsageWindow): number => (window.window_minutes ?? LONGEST_MINUTES) * 60_000;

/**
 * Whether a warning still counts: until the resets that it named. A used-up limit whose reset could not be read counts
 * until it is seen otherwise, at most for the length of its window; one that is only near, for `believed_ms`.
 */
export function stillCounts(warned: UsageSample, now: Date, believed_ms: number): boolean {
  // Paid use blocks until its provider is asked again, or a person allows it by name: money is not spent on a guess.
  if (warned.status === 'overage_possible' && warned.reset_at === null) return true;
  // A warning from the future is as old as the clock was set back.
  const age = Math.abs(now.getTime() - Date.parse(warned.observed_at));
  if (warned.windows.length === 0) return age <= believed_ms;
  return warned.windows.some((window) => {
    if (window.reset_at !== null) return !isExpired(window, now);
    return age < (isSpent(window) ? countsFor(window) : believed_ms + 1);
  });
}

/**
 * A warning with what an earlier one said and this one does not contradict: a screen that names no reset does not take
 * back the one that was named, and a second limit does not end the first.
 */
export function withEarlier(warned: UsageSample, earlier: UsageSample | null): UsageSample {
  const open = (earlier?.windows ?? []).filter(
    ({ reset_at }) => reset_at !== null && reset_at > warned.observed_at,
  );
  if (!earlier || open.length === 0) return warned;
  const windows = warned.windows.map((window) => completed(window, open));
  const others = open.filter((one) => !windows.some((window) => isSameLimit(window, one)));
  const all = [...windows, ...others];
  const isReached = planWindows(all).some(isSpent);
  const status = warned.status === 'near_limit' && isReached ? earlier.status : warned.status;
  return { ...warned, status, windows: all, reset_at: nextReset(all) };
}

/** Two warnings are about one limit if they name the same window of the same model, or one of them names no window. */
const isSameLimit = (one: UsageWindow, other: UsageWindow): boolean =>
  one.scope?.toLowerCase() === other.scope?.toLowerCase() &&
  one.remaining_percent === other.remaining_percent &&
  (one.window_minutes === other.window_minutes ||
    ((one.window_minutes === null || other.window_minutes === null) &&
      (one.reset_at === null || other.reset_at === null || one.reset_at === other.reset_at)));

function completed(window: UsageWindow, open: readonly UsageWindow[]): UsageWindow {
  if (window.reset_at !== null) return window;
  return open.findLast((one) => isSameLimit(window, one)) ?? window;
}

/** A worker has worked on after a limit: what its screen had warned of is over. `others` are limits of other models. */
export const overSample = (
  provider_id: string,
  at: Date,
  others: readonly UsageWindow[] = [],
): UsageSample => ({
  ...warningSample({ provider_id, reached: false, resets: null, text: 'the worker works again', at }),
  status: others.length > 0 ? 'near_limit' : 'available',
  windows: [...others],
  reset_at: nextReset(others),
  warnings: [],
});

/** A warning that an agent showed while it worked, as a sample with its own confidence and without percentages. */
export function warningSample(warning: WorkerWarning): UsageSample {
  const at = warning.at.toISOString();
  const { minutes } = limitIn(warning.text);
  const about = { now: warning.at, zone: warning.zone ?? SYSTEM_ZONE, windowMs: minutes && minutes * 60_000 };
  const reset = warning.resets === null ? null : resetMoment(warning.resets, about);
  const used = warning.reached || warning.paid ? 100 : null;
  const confidence = 'provider_warning';
  // Money is billed for the plan, whichever model it is spent on.
  const scope = warning.paid ? null : (warning.model ?? null);
  const windows = [usageWindow({ kind: 'unknown', scope, minutes, used, resets: reset, confidence })];
  const reached = scope === null ? 'limit_reached' : 'near_limit';
  return {
    provider_id: warning.provider_id,
    status: warning.paid ? 'overage_possible' : warning.reached ? reached : 'near_limit',
    confidence: 'provider_warning',
    source: 'worker-screen',
    checked_at: at,
    observed_at: at,
    stale: false,
    plan: null,
    windows,
    credits_remaining: null,
    premium_requests_remaining: null,
    reset_at: nextReset(windows),
    tried: [],
    warnings: [scrub(warning.text)],
    raw: {},
  };
}
