import { leftOf } from '../../agents/contract/limits/sample.ts';
import type { CapacityWindow } from './schema.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The answer of a window in a word; `gone` has the moment at which it will be used up. */
export type Pace = { word: 'lasts' | 'close' } | { word: 'gone'; at: string };

/** From this share of use at the reset on, it is close. */
const CLOSE_PERCENT = 90;
/** Before this share of a window has passed, its own average says nothing. */
const LEAST_SHARE = 0.05;

/** When a window began, as far as its reset and its length say; null if they do not. */
function startOf({ reset_at, window_minutes, kind }: CapacityWindow): number | null {
  if (reset_at === null) return null;
  const reset = new Date(reset_at);
  if (window_minutes !== null) return reset.getTime() - window_minutes * MINUTE;
  return kind === 'monthly' ? reset.setUTCMonth(reset.getUTCMonth() - 1) : null;
}

/** The share of a window that has passed, 0 to 1; null if that is not known. */
export function timeShare(window: CapacityWindow, now: Date): number | null {
  const start = startOf(window);
  if (start === null || window.reset_at === null) return null;
  const length = Date.parse(window.reset_at) - start;
  return length > 0 ? Math.min(1, Math.max(0, (now.getTime() - start) / length)) : null;
}

/**
 * Whether a window lasts until its reset: at the pace of its last samples, else at its average so far. Null if it is
 * used up, or if neither is known.
 */
export function paceOf(window: CapacityWindow, now: Date): Pace | null {
  const left = leftOf(window);
  if (left === null || left === 0 || window.expired) return null;
  const used = 100 - left;
  if (used === 0) return { word: 'lasts' };
  if (window.trend) return paceOfTrend(window, used, now);
  const [start, share] = [startOf(window), timeShare(window, now)];
  if (start === null || share === null || share < LEAST_SHARE) return null;
  const atReset = used / share;
  if (atReset <= 100) return { word: atReset >= CLOSE_PERCENT ? 'close' : 'lasts' };
  return {
    word: 'gone',
    at: new Date(now.getTime() + ((now.getTime() - start) / used) * left).toISOString(),
  };
}

function paceOfTrend({ trend, reset_at }: CapacityWindow, used: number, now: Date): Pace | null {
  if (!trend) return null;
  if (trend.used_up_at !== null) return { word: 'gone', at: trend.used_up_at };
  if (reset_at === null) return null;
  const hours = (Date.parse(reset_at) - now.getTime()) / HOUR;
  return { word: used + trend.percent_per_hour * hours >= CLOSE_PERCENT ? 'close' : 'lasts' };
}
