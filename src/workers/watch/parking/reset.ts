import { limitIn } from '../../../agents/contract/limits/limit-words.ts';
import { nextReset, type UsageSample } from '../../../agents/contract/limits/sample.ts';
import type { ParkReason } from '../../../events/catalogue/words.ts';
import { resetMoment } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE, type Zone } from '../../../lib/time/zones.ts';
import { usedUpFor } from '../../../usage/capacity/used-up.ts';

/** When a limit resets, and where that is known from. Epoch in milliseconds. */
export interface KnownReset {
  until: number | null;
  window: string | null;
  from: 'screen' | 'usage' | 'asked' | 'nothing';
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How long ago a clock without a date may have passed that a screen still shows. */
const PASSED_MS = 30 * MINUTE;

/** `3:40:05`, ISO 8601: exact to the second. A clock of minutes may mean any second of its minute. */
const HAS_SECONDS = /\d:\d\d:\d\d/;
const IS_CLOCK = /\d:\d\d|\d\s?[ap]\.?m\b/i;
const HAS_DATE =
  /\d{4}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|tomorrow)/i;

/**
 * The moment that the words of a screen mean; null if they name none. A clock that has passed minutes ago is that of
 * today, and not of tomorrow: the words stay on the screen after the reset.
 */
export function momentOnScreen(
  words: string | null,
  { now, zone = SYSTEM_ZONE }: { now: number; zone?: Zone },
): number | null {
  const at = words === null ? null : resetMoment(words, { now: new Date(now), zone });
  if (words === null || at === null) return null;
  if (!IS_CLOCK.test(words) || HAS_SECONDS.test(words)) return at;
  const today = HAS_DATE.test(words) || at - DAY < now - PASSED_MS ? at : at - DAY;
  return today + MINUTE;
}

/** What is known of the reset of a limit: the words of the screen first, then the figures of the account. Pure. */
export function knownReset(given: {
  words: string | null;
  evidence: readonly string[];
  usage: UsageSample | null;
  /** `cut_short`: a limit that is near, and not used up. */
  because: 'limit' | 'cut_short';
  model: string | null;
  now: number;
  zone?: Zone;
}): KnownReset {
  const { words, evidence, usage, because, model, now, zone } = given;
  const named = limitIn(evidence.join(' ')).kind;
  const window = named === 'unknown' ? null : named;
  const shown = momentOnScreen(words, { now, ...(zone ? { zone } : {}) });
  if (shown !== null) return { until: shown, window, from: 'screen' };
  const known = usage && resetOfUsage(usage, because, model, now);
  if (known) return { until: known.until, window: window ?? known.window, from: 'usage' };
  return { until: null, window, from: 'nothing' };
}

/** When the limit that stops this model resets by the figures of its account; null if they say nothing of it. */
export function resetOfUsage(
  usage: UsageSample,
  because: 'limit' | 'cut_short',
  model: string | null,
  now: number,
): { until: number; window: string | null } | null {
  const usedUp = usedUpFor(usage, model, new Date(now));
  const at = usedUp?.until ?? (because === 'cut_short' ? nextReset(usage.windows) : null);
  const until = at === null ? Number.NaN : Date.parse(at);
  return until > now ? { until, window: usedUp?.window ?? null } : null;
}

/** What an account says now of the limit that a worker waits for; null if that limit is over. */
export function limitOf(
  usage: UsageSample,
  because: ParkReason,
  model: string | null,
  now: number,
): { until: number } | null {
  return resetOfUsage(usage, because === 'cut_short' ? 'limit' : because, model, now);
}
