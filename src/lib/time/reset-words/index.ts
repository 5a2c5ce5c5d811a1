import { UTC } from '../zones.ts';
import { type About, readMoment } from './moment.ts';

export { type About, explicitMoment } from './moment.ts';

/** What a text says about the reset of a limit. */
export interface ResetWords {
  /** As they were written: `Jan 3rd, 2027 9:15 AM`, `in 2h 15m`, `soon`. */
  words: string;
  /** Milliseconds since 1970; null if they name no moment. */
  at: number | null;
}

/** Words that are about a reset, whatever follows. Not `to reset`: that is what one waits for. */
const STRONG =
  /(?<![\w-])(?<!\bto )(?:resets?|resetting|renews?|refreshe?s?)(?:_(?:at|on)|[ _](?:date|time))?(?!\w)/gi;
/** Words that are, if a time follows. */
const WEAK =
  /(?<![\w-])(?:until|(?:try|available|usable|back) again|retry[- ]after|(?:available|back)(?= (?:at|on|in|after|tomorrow)\b))(?!\w)/gi;
/** Between those words and the time. */
const FILLER =
  /(?:[ :=~\u2013\u2014\u2192(,"'-]|(?:is|are|will be|again|at|on|by|from|for|around|about|approximately)(?= )| automatically)*/y;
const LONGEST = 2000;
/** Ends what is quoted of words that are not understood. */
const END = /[·∙•│|(\n/]|[.!,;](?: |$)| {3}/;

/** The text with plain blanks: programs put narrow ones between a time and its AM. */
const plain = (text: string): string => text.slice(0, LONGEST).replace(/[\s\u00A0\u202F\u2007]+/gu, ' ');

/**
 * Finds what a text says about a reset: the first words that name a moment, else the first that do not. Null if it is
 * about none. Never throws.
 */
export function findReset(text: string, about: About): ResetWords | null {
  const row = plain(text);
  let unread: ResetWords | null = null;
  for (const lead of [STRONG, WEAK]) {
    for (const match of row.matchAll(lead)) {
      const found = readAfter(row, match.index + match[0].length, about);
      if (found?.at != null) return found;
      if (lead === STRONG) unread ??= found;
    }
  }
  return unread;
}

/**
 * The words of a text about a reset, without their moment: so a reader of screens needs no clock. Those that name a
 * moment come first; null if there are none.
 */
export function resetWords(text: string): { words: string; isTime: boolean } | null {
  const found = findReset(text, { now: ANY_DAY, zone: UTC });
  return found && { words: found.words, isTime: found.at !== null };
}

/** Whether words name a moment does not depend on the day. A leap year, so that it has every day. */
const ANY_DAY = new Date(Date.UTC(2028, 1, 1));

/** The moment of words that are known to be about a reset: `3pm (Europe/Berlin)`, `Resets in 2h 15m`. */
export function resetMoment(words: string, about: About): number | null {
  const row = plain(words).trim();
  const direct = readAfter(row, 0, about);
  return direct?.at ?? findReset(row, about)?.at ?? null;
}

function readAfter(row: string, from: number, about: About): ResetWords | null {
  FILLER.lastIndex = from;
  const filled = from + (FILLER.exec(row)?.[0].length ?? 0);
  // `at 9` is an hour and `9` is not, so the filler may have eaten too much.
  const start = /(?<![a-z])at $/i.exec(row.slice(from, filled)) ? filled - 3 : filled;
  const read = readMoment(row, start, about) ?? (start === filled ? null : readMoment(row, filled, about));
  if (read && read.at !== null)
    return { words: unended(row.slice(start, read.end).replace(/^at /i, '')), at: read.at };
  const rest = row.slice(filled, filled + 40);
  const words = rest.slice(0, END.exec(rest)?.index ?? rest.length).trim();
  return words === '' ? null : { words, at: null };
}

/** Without the full stop of its sentence. */
const unended = (words: string): string => words.trim().replace(/(?<!\b[ap]\.m)\.$/i, '');
