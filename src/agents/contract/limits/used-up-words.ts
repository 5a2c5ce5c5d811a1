import { findReset } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE } from '../../../lib/time/zones.ts';
import { limitIn } from './limit-words.ts';
import { usageWindow } from './reading.ts';
import type { Confidence, UsageWindow } from './sample.ts';

/** What an agent says in a line of words instead of its figures once they are used up. */
const REACHED =
  /^\W*(?:(?:sorry|error|api error|[a-z]+(?:_[a-z]+)+)\W{1,3})?(?:you(?:.ve| have|.re| are) (?:now )?(?:hit|reached|exceeded|used up|used all|used 100\s?% of|used your|exhausted|(?:run )?out of|over)\b[^.]{0,60}\b(?:limit|quota|usage|credits?)|you have no (?:\w+ ){0,3}(?:quota|usage|credits?) (?:left|remaining)\b|(?:your )?credit balance (?:is )?too low|(?:[\w'-]+ ){0,5}(?:limit|quota|usage|credits?)(?: (?:is|was|has been|are|have been))? (?:reached|exceeded|exhausted|used up|depleted))\b/i;
/** Work is answered with words too: a part of a limit that was used is none that is reached. */
const PART =
  /(?<!\d)(?!100)\d{1,3}(?:\.\d+)?\s?%|\b(?:not|no|never|before|until) (?:\w+ ){0,3}(?:limit|reached|exceeded)\b/i;

/**
 * The window of `You've hit your limit · resets 4:40pm (Asia/Tokyo)` or of `Claude AI usage limit reached|1795406400`;
 * null if no row says so. A limit of one of `models` bears its name.
 */
export function usedUpWindow(
  rows: readonly string[],
  { now, confidence, models }: { now: Date; confidence: Confidence; models: RegExp | null },
): UsageWindow | null {
  const at = rows.findIndex((line) => REACHED.test(line) && !PART.test(line));
  if (at < 0) return null;
  const row = rows[at] ?? '';
  const { kind, minutes } = limitIn(row);
  const model = models
    ?.exec(row)
    ?.slice(1)
    .find((name) => name !== undefined);
  const scope = model === undefined ? null : asWritten(model);
  const epoch = /\|\s*(\d{10,13})\b/.exec(row)?.[1];
  const words = rows.slice(at, at + 2).join('\n');
  return usageWindow({
    kind: scope !== null && kind === 'unknown' ? 'weekly' : kind,
    scope,
    ...(scope === null ? {} : { models: [scope] }),
    used: 100,
    resets: epoch ?? resetAhead(words, now, minutes === null ? null : minutes * 60_000),
    confidence,
  });
}

/** A word is written as a name; what has digits or parts is one already. */
const asWritten = (model: string): string =>
  /[\d-]/.test(model) ? model : `${model[0]?.toUpperCase()}${model.slice(1).toLowerCase()}`;

/** The clocks of two machines differ by this. */
const JUST_PASSED_MS = 10 * 60_000;
const DAY = 24 * 3_600_000;

/**
 * The reset that words name, in milliseconds. What an agent says now is of a window that still runs: a time that its
 * length would put long before now is the next of that name.
 */
export function resetAhead(words: string, now: Date, windowMs: number | null): number | null {
  const about = { now, zone: SYSTEM_ZONE };
  const at = findReset(words, { ...about, windowMs })?.at ?? null;
  if (at === null || at > now.getTime() - JUST_PASSED_MS) return at;
  const next = findReset(words, about)?.at ?? null;
  if (next !== null && next > now.getTime()) return next;
  const tomorrow = at + DAY;
  return tomorrow > now.getTime() && !/\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(words)
    ? tomorrow
    : at;
}
