import type { UsageSample } from '../../agents/contract/limits/sample.ts';

/** A poll that learns nothing is written down this seldom: the log is not its diary. */
export const QUIET_MS = 5 * 60_000;

/** Whether a sample belongs into the log after the one before it: it says something new, or the quiet lasted long enough. */
export function worthAppending(previous: UsageSample | undefined, next: UsageSample): boolean {
  if (!previous) return true;
  // What was kept from before, or read from an old cache again, is in the log already.
  if (next.observed_at < previous.observed_at) return false;
  if (facts(previous) !== facts(next)) return true;
  return Date.parse(next.checked_at) - Date.parse(previous.checked_at) >= QUIET_MS;
}

/** Providers compute a reset anew for each answer; a few seconds of difference are no news. */
const toTheMinute = (at: string | null): number | null =>
  at === null ? null : Math.round(Date.parse(at) / 60_000);

function facts(sample: UsageSample): string {
  const windows = sample.windows.map((w) => [
    w.name,
    w.used_percent,
    w.remaining_percent,
    w.used_units,
    w.remaining_units,
    toTheMinute(w.reset_at),
  ]);
  const { status, confidence, source, plan, credits_remaining, premium_requests_remaining } = sample;
  return JSON.stringify([
    status,
    confidence,
    source,
    plan,
    credits_remaining,
    premium_requests_remaining,
    windows,
  ]);
}
