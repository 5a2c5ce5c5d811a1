import type { UsageWindow } from '../../agents/contract/limits/sample.ts';
import type { Trend } from './schema.ts';

export type { Trend };

/** The windows at one moment: a sample, or the part of one that the pace needs. */
export interface ObservedWindows {
  observed_at: string;
  windows: readonly Pick<UsageWindow, 'name' | 'used_percent' | 'reset_at'>[];
}

interface Point {
  at: number;
  used: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Providers compute a reset again for each answer; resets this close belong to one window. */
const SAME_RESET_MS = 10 * MINUTE;
/** The share of a window that the pace covers: its last fifth (an hour of five, a day and a half of a week). */
const LOOKBACK = 1 / 5;
/** Percentages are whole numbers: over less than this share of a window, one step could make any pace. */
const LEAST_SPAN = 1 / 50;

/** Since when the samples of a window count for its pace; the one before them counts too. */
export const paceSince = (window: Pick<UsageWindow, 'window_minutes'>, last: Date): Date =>
  new Date(last.getTime() - lengthOf(window) * LOOKBACK);

const lengthOf = ({ window_minutes }: Pick<UsageWindow, 'window_minutes'>): number =>
  (window_minutes ?? 24 * 60) * MINUTE;

/** The trend of a window; null if the samples do not support one. `history` is in the order of the log. */
export function trendOf(window: UsageWindow, history: readonly ObservedWindows[], now: Date): Trend | null {
  if (window.used_percent === null || window.expired) return null;
  const length = lengthOf(window);
  const points = sinceReset(pointsOf(window, history, now));
  const last = points.at(-1);
  if (!last || now.getTime() - last.at > length * LOOKBACK) return null;
  const recent = points.findIndex(({ at }) => at >= last.at - length * LOOKBACK);
  // If the lookback holds only the last point, the one before it still gives a pace.
  const start = recent === points.length - 1 ? recent - 1 : recent;
  const first = points[start];
  if (!first || last.at - first.at < Math.max(5 * MINUTE, length * LEAST_SPAN)) return null;
  const perHour = ((last.used - first.used) / (last.at - first.at)) * HOUR;
  const facts = {
    percent_per_hour: Math.round(perHour * 100) / 100,
    from: new Date(first.at).toISOString(),
    to: new Date(last.at).toISOString(),
    samples: points.length - start,
  };
  return { ...facts, ...endOf(last, perHour, window.reset_at, now) };
}

function endOf(
  last: Point,
  perHour: number,
  reset_at: string | null,
  now: Date,
): Pick<Trend, 'used_up_at' | 'lasts_until_reset'> {
  const end =
    perHour > 0
      ? Math.max(now.getTime(), last.at + ((100 - last.used) / perHour) * HOUR)
      : Number.POSITIVE_INFINITY;
  const reset = reset_at === null ? null : Date.parse(reset_at);
  const lasts = reset === null ? null : end >= reset;
  const isReached = lasts !== true && Number.isFinite(end) && end < Date.UTC(2200, 0, 1);
  return { used_up_at: isReached ? new Date(end).toISOString() : null, lasts_until_reset: lasts };
}

/** What was recorded later is newer: earlier points with a later time are from before the clock was set back. */
function pointsOf(window: UsageWindow, history: readonly ObservedWindows[], now: Date): Point[] {
  const points: Point[] = [];
  for (const sample of history) {
    const at = Date.parse(sample.observed_at);
    const same = sample.windows.find(({ name }) => name === window.name);
    if (
      !same ||
      same.used_percent === null ||
      !(at <= now.getTime()) ||
      !sameReset(same.reset_at, window.reset_at)
    )
      continue;
    while ((points.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= at) points.pop();
    points.push({ at, used: same.used_percent });
  }
  return points;
}

function sameReset(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= SAME_RESET_MS;
}

/** Usage only grows within a window: where it falls, a new window began. */
function sinceReset(points: readonly Point[]): Point[] {
  const start = points.findLastIndex((point, index) => point.used < (points[index - 1]?.used ?? 0));
  return points.slice(Math.max(0, start));
}
