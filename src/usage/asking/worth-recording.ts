import { failedAttempt, type UsageSample } from '../../agents/contract/limits/sample.ts';

/** How often a poll that learns nothing new is recorded. */
export const QUIET_MS = 5 * 60_000;

/** Whether a sample goes in the log after the previous one: it says something new, or that one is old enough. */
export function worthAppending(previous: UsageSample | undefined, next: UsageSample): boolean {
  if (!previous) return true;
  // A sample that was kept after a failure, or read from an old cache again, is already in the log.
  if (next.observed_at < previous.observed_at) return false;
  if (facts(previous) !== facts(next) || !haveSameResets(previous, next)) return true;
  return Date.parse(next.checked_at) - Date.parse(previous.checked_at) >= QUIET_MS;
}

/** Providers compute a reset again for each answer, and screens show it in minutes. */
const SAME_RESET_MS = 2 * 60_000;

function haveSameResets(previous: UsageSample, next: UsageSample): boolean {
  return next.windows.every(({ reset_at }, index) => {
    const before = previous.windows[index]?.reset_at ?? null;
    if (before === null || reset_at === null) return before === reset_at;
    return Math.abs(Date.parse(before) - Date.parse(reset_at)) <= SAME_RESET_MS;
  });
}

function facts(sample: UsageSample): string {
  const windows = sample.windows.map((w) => [
    w.name,
    w.used_percent,
    w.remaining_percent,
    w.used_units,
    w.remaining_units,
    w.models ?? null,
    w.binds_plan ?? false,
  ]);
  const { account = null, blocked = null, unlimited = false } = sample;
  const { status, confidence, source, plan, credits_remaining, premium_requests_remaining } = sample;
  return JSON.stringify([
    status,
    confidence,
    source,
    plan,
    credits_remaining,
    premium_requests_remaining,
    windows,
    account,
    blocked,
    unlimited,
    // That a question failed is news, and so is that the next one did not.
    failedAttempt(sample)?.reason ?? null,
  ]);
}
