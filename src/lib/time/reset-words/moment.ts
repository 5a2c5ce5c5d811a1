import { momentsAt, shownAt, UTC, type Zone, zoneOf } from '../zones.ts';
import { readSpan } from './duration.ts';
import { NonsenseTime, type Pieces, readPieces } from './pieces.ts';

export interface About {
  now: Date;
  /** The zone of words that name none. */
  zone: Zone;
  /** The length of the limit's window, in milliseconds: its reset is never further away. Null if unknown. */
  windowMs?: number | null;
}

/** A moment that words give, and where those words end. */
export interface Read {
  /** Milliseconds since 1970; null for words that are about a time and name no moment. */
  at: number | null;
  end: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const within = (ms: number): number | null => (ms > EARLIEST && ms < LATEST ? ms : null);

/** The moment that the words from an offset on give; null where they are no words about a time. Never throws. */
export function readMoment(text: string, from: number, about: About): Read | null {
  return readEpoch(text, from) ?? readAhead(text, from, about) ?? readDate(text, from, about);
}

function readEpoch(text: string, from: number): Read | null {
  const epoch = /(\d{13}|\d{10}(?:\.\d{1,6})?)(?![\d.:/-])/y;
  epoch.lastIndex = from;
  const digits = epoch.exec(text)?.[1];
  if (digits === undefined) return null;
  return { at: within(Number(digits) * (digits.length === 13 ? 1 : 1000)), end: from + digits.length };
}

function readAhead(text: string, from: number, { now }: About): Read | null {
  const span = readSpan(text, from);
  return span && { at: within(now.getTime() + span.ms), end: span.end };
}

function readDate(text: string, from: number, about: About): Read | null {
  try {
    const { found, end } = readPieces(text, from);
    if (end === from) return null;
    const at = momentOf(found, about);
    return { at: at === null ? null : within(at), end };
  } catch (error) {
    if (error instanceof NonsenseTime) return { at: null, end: from };
    throw error;
  }
}

function momentOf(pieces: Pieces, about: About): number | null {
  const zone = pieces.zone === undefined ? about.zone : zoneOf(pieces.zone);
  if (!zone) return null;
  // A day alone says that a limit resets some time in it; only a date is taken for its beginning.
  if (pieces.hour === undefined && pieces.month === undefined) return null;
  const found = candidates(pieces, about.now, zone).sort((a, b) => a - b);
  if (found.length < 2) return found[0] ?? null;
  if (pieces.year !== undefined && pieces.swapped) return onlyPlausible(found, about);
  return nearest(found, about, repeatsAfter(pieces));
}

/** How long it takes until the same words are true again. */
const repeatsAfter = ({ month, year, weekday, daysAhead }: Pieces): number => {
  if (year !== undefined || daysAhead !== undefined) return 0;
  if (month !== undefined) return 365 * DAY;
  return weekday === undefined ? DAY : 7 * DAY;
};

/** Every moment near now that the words fit. */
function candidates(pieces: Pieces, now: Date, zone: Zone): number[] {
  const { hour = 0, minute = 0, ms = 0, month, day, year, swapped, weekday, daysAhead } = pieces;
  const today = shownAt(now.getTime(), zone);
  const at = (y: number, m: number, d: number) =>
    momentsAt({ year: y, month: m, day: d, hour, minute, ms }, zone);
  const onWeekday = (y: number, m: number, d: number) =>
    weekday === undefined || new Date(Date.UTC(y, m - 1, d)).getUTCDay() === weekday;
  if (month !== undefined && day !== undefined) {
    const years = year === undefined ? [-1, 0, 1].map((step) => today.getUTCFullYear() + step) : [year];
    const dates = [{ month, day }, ...(swapped ? [swapped] : [])];
    return years.flatMap((y) =>
      dates.flatMap((date) => (onWeekday(y, date.month, date.day) ? at(y, date.month, date.day) : [])),
    );
  }
  const days = daysAhead === undefined ? (weekday === undefined ? [-1, 0, 1] : range(-7, 7)) : [daysAhead];
  return days.flatMap((step) => {
    const date = new Date(today.getTime() + step * DAY);
    const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    return onWeekday(y, m, d) ? at(y, m, d) : [];
  });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** What a screen may be late by, when the length of the window says nothing. */
const LATE_MS = 10 * MINUTE;

/**
 * The next of several moments, or the last one, where that has just passed or the next one is further away than the
 * window is long: a limit of 5 hours that reset a minute ago does not reset tomorrow.
 */
function nearest(found: readonly number[], { now, windowMs = null }: About, repeats: number): number | null {
  const at = now.getTime();
  const next = found.find((moment) => moment >= at);
  const last = found.findLast((moment) => moment < at);
  if (next === undefined || last === undefined) return next ?? last ?? null;
  // In December a reset in January is next year's; one of some weeks ago is a reset that has passed.
  if (repeats > 300 * DAY) return at - last <= repeats / 2 ? last : next;
  if (at - last <= (windowMs === null ? repeats / 24 : LATE_MS)) return last;
  const isTooFar = windowMs !== null && next > at + windowMs + LATE_MS;
  return isTooFar && last >= at - windowMs ? last : next;
}

/** Of `3/4/2027` the reading that a window ahead allows; null if it allows both. */
function onlyPlausible(found: readonly number[], { now, windowMs = null }: About): number | null {
  const at = now.getTime();
  const limit = at + (windowMs ?? 366 * DAY) + LATE_MS;
  const plausible = found.filter((moment) => moment >= at - DAY && moment <= limit);
  return plausible.length === 1 ? (plausible[0] ?? null) : null;
}

/**
 * The moment of words that need no clock of the reader's: ISO 8601, an HTTP date, a date with its year; in UTC unless
 * they name a zone. Null for all else.
 */
export function explicitMoment(words: string): number | null {
  const text = words.trim();
  if (text.length > 80 || !/\d{4}/.test(text)) return null;
  const read = readDate(text, 0, { now: new Date(0), zone: UTC });
  return read && read.end >= text.length ? read.at : null;
}
