import { explicitMoment } from '../../../lib/time/reset-words/index.ts';

/** Readers for answers without a documented shape: each returns null instead of throwing. */

export type Json = Record<string, unknown>;

/** An object; null for anything else, lists too. */
export function record(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** A list; an empty one for anything else. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How many lines that could open an object are tried. */
const MOST_STARTS = 20;

/**
 * The object that a program printed, whatever else its version manager or its logger printed before and after it;
 * null if there is none.
 */
export function printedJson(text: string): Json | null {
  const whole = record(parseJson(text));
  if (whole) return whole;
  const end = text.lastIndexOf('}') + 1;
  // At the start of a line first: a sentence may hold braces too.
  const starts = [/^\s*\{/gm, /\{\s*"/g].flatMap((opening) =>
    [...text.matchAll(opening)].slice(0, MOST_STARTS),
  );
  for (const { index } of starts) {
    const found = record(parseJson(text.slice(index, end)));
    if (found) return found;
  }
  return jsonLines(text)[0] ?? null;
}

/** The list that a program printed, as `printedJson` finds an object; null if there is none. */
export function printedList(text: string): unknown[] | null {
  const whole = parseJson(text);
  if (Array.isArray(whole)) return whole;
  const end = text.lastIndexOf(']') + 1;
  for (const { index } of [...text.matchAll(/^\s*\[/gm)].slice(0, MOST_STARTS)) {
    const found = parseJson(text.slice(index, end));
    if (Array.isArray(found)) return found;
  }
  return null;
}

/** What a crash, an editor or a terminal leaves before a line: NUL bytes, a byte order mark, colours. */
const BEFORE_A_LINE = /^(?:[\s\0\uFEFF]|\u001b\[[0-9;?]{0,20}[A-Za-z])+/;

/** Lines that are JSON objects; whatever else a program prints between them is skipped. */
export function jsonLines(text: string): Json[] {
  const found: Json[] = [];
  for (const each of text.split('\n')) {
    const line = each.replace(BEFORE_A_LINE, '');
    if (!line.startsWith('{')) continue;
    const value = record(parseJson(line));
    if (value) found.push(value);
  }
  return found;
}

/** A string without blanks around it; null for an empty one. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A finite number, also when it came as a string; true, '' and 'abc' are no numbers. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** `41`, `"41"` and `"41 %"` alike. */
const share = (value: unknown): number | null =>
  number(typeof value === 'string' ? value.trim().replace(/\s*%$/, '') : value);

/** A percentage of what is used: 0 and more, since a plan can let its limit be exceeded; null for what is none. */
export function percent(value: unknown): number | null {
  const parsed = share(value);
  return parsed === null || parsed < 0 || parsed > MOST_PERCENT ? null : parsed;
}

/** A percentage of what is left: less than 0 where more was used than there is; providers round up to a little over 100. */
export function percentLeft(value: unknown): number | null {
  const parsed = share(value);
  return parsed === null || parsed > 101 || parsed < -MOST_PERCENT ? null : parsed;
}

/** A moment in place of a percentage is none. */
const MOST_PERCENT = 1_000_000;

/** How much of a limit an amount is, in percent with two digits; null where the limit is no amount. */
export function shareOf(amount: number | null, limit: number | null): number | null {
  if (amount === null || limit === null || limit <= 0) return null;
  const share = Math.round((amount / limit) * 10_000) / 100;
  return Math.abs(share) <= MOST_PERCENT ? share : null;
}

/** 100 minus it, without the noise of binary fractions; never negative: what is left of an exceeded limit is 0. */
export function complement(value: number | null): number | null {
  return value === null ? null : Math.max(0, Math.round((100 - value) * 100) / 100);
}

/** The size of a number shows its unit: each is a thousandth of the one before. */
const inMilliseconds = (since: number): number =>
  since < 1e11 ? since * 1000 : since < 1e14 ? since : since < 1e17 ? since / 1e3 : since / 1e6;

/** The zone of `2026-12-01 05:00:00+00`, as databases write it. */
const BARE_HOURS = /(?<=:\d\d(?:\.\d+)?)[+-]\d\d$/;

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/**
 * Since 1970 in seconds, milliseconds, microseconds or nanoseconds (also as strings), or a date with its year: as ISO in
 * UTC. 0 means none.
 */
export function instant(value: unknown): string | null {
  const parsed = number(value);
  const ms =
    parsed === null
      ? typeof value === 'string'
        ? (explicitMoment(value.replace(BARE_HOURS, '$&:00')) ?? Number.NaN)
        : Number.NaN
      : inMilliseconds(parsed);
  return ms > EARLIEST && ms < LATEST ? new Date(Math.round(ms)).toISOString() : null;
}
