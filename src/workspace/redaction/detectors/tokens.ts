import { isMasked } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { NEW_PARAGRAPH, readRun, startsWord } from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING, NOTHING_IN_ROW } from './detector.ts';
import { writtenFormats } from './formats/all.ts';
import { type Format, type FormatPart, formatFrom, MAX_LENGTH } from './formats/format.ts';

/** Reads all formats: not where nothing is redacted. */
export const tokenDetectors = (): Detector[] =>
  writtenFormats().map((format) => detectorOf(formatFrom(format)));

const hasRun = (body: string) => /[A-Za-z0-9_]{16}/.test(body);
/** Words joined by dashes, or one character again and again: an example in a text. */
const EXAMPLE = /^[A-Za-z]{2,}(?:[-_.][A-Za-z]{2,})+$|([xX*0.])\1{7}/;

function detectorOf(format: Format): Detector {
  const { keywords, before, rule } = format;
  return {
    rule,
    starts: keywords.map((keyword) => keyword.toLowerCase()),
    mayBeCut: (view, at, cut) => {
      const head = view.flat.slice(at, cut);
      if (!keywords.some((keyword) => keyword.startsWith(head))) return false;
      return before ? startBackwards(view, at, before) !== undefined : mayStart(view, at, format);
    },
    read(view, at, start): Detection {
      // Prefixes are case-sensitive: `Sk-` or `akia` is no token.
      if (!before && !mayStart(view, at, format)) return NOTHING_IN_ROW;
      if (!startsWithAny(view.flat, at, keywords)) return NOTHING_IN_ROW;
      if (before && isTooShort(view, at, before)) return NOTHING_IN_ROW;
      return before
        ? readBoth(view, at, at + start.length, format, before)
        : readAfter(view, at, start, format);
    },
    ...(before && { heldFrom: (view: View) => startOfBefore(view, before) }),
  };
}

function startsWithAny(text: string, at: number, keywords: readonly string[]): boolean {
  for (const keyword of keywords) if (text.startsWith(keyword, at)) return true;
  return false;
}

/** Whether its row has too few characters of a token before a place; at the row's start it may continue the row above. */
function isTooShort({ flat, breaks }: View, at: number, { set, min }: FormatPart): boolean {
  for (let from = at; at - from < min; from--) {
    if (breaks[from]) return false;
    if (!set.has(flat.charCodeAt(from - 1))) return true;
  }
  return false;
}

/** A token starts a word; `sk-` after a dash is the middle of a class name such as `x-sk-loader`. */
function mayStart(view: View, at: number, format: Format): boolean {
  if (!startsWord(view, at)) return false;
  return format.check === undefined || view.breaks[at] !== 0 || !/[-.]/.test(view.flat[at - 1] ?? '');
}

function readAfter(view: View, at: number, start: string, format: Format): Detection {
  const from = at + start.length;
  const { end, open, complete } = readParts(view, from, format);
  if (!complete || !isToken(view.flat.slice(from, end), format)) return { open, barrenTo: end };
  return { finding: { rule: format.rule, from: at, to: end }, open };
}

function readBoth(view: View, at: number, after: number, format: Format, before: FormatPart): Detection {
  const from = startBackwards(view, at, before);
  if (from === undefined || !startsWord(view, from)) return NOTHING;
  const { end, open, complete } = readParts(view, after, format);
  if (!complete || !isToken(view.flat.slice(from, end), format)) return { open, openFrom: from };
  return { finding: { rule: format.rule, from, to: end }, open, openFrom: from };
}

interface PartsRead {
  end: number;
  open: boolean;
  complete: boolean;
}

function readParts(view: View, from: number, { parts, check }: Format): PartsRead {
  const { flat, breaks } = view;
  let at = from;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    // An exact token with more characters is none; one more shows that.
    const max = isLast ? (check === 'exact' ? part.max + 1 : MAX_LENGTH) : part.max;
    const run = isLast ? readRun(view, at, part.set, { ...part, max }) : readPart(view, at, part);
    const length = run.end - at;
    if (length < part.min) return { end: run.end, open: run.end >= flat.length, complete: false };
    if (isLast && length > part.max && check === 'exact') {
      // What follows in later rows may not belong to it.
      const end = lastBreak(breaks, at + part.min, at + part.max);
      return { end: end ?? run.end, open: false, complete: end !== undefined };
    }
    at = run.end;
    if (isLast) return { end: withoutStop(flat, from, at, part), open: run.open, complete: true };
  }
  return { end: at, open: false, complete: true };
}

function lastBreak(breaks: Uint8Array, from: number, to: number): number | undefined {
  for (let i = to; i >= from; i--) if (breaks[i]) return i;
  return undefined;
}

/** The end of a sentence is not part of a token that may contain dots. */
function withoutStop(flat: string, from: number, end: number, { min, set }: FormatPart): number {
  if (!set.has(0x2e)) return end;
  let to = end;
  while (to > from + min && end - to < 3 && flat[to - 1] === '.') to--;
  return to;
}

function readPart(view: View, from: number, { set, max }: FormatPart): { end: number; open: boolean } {
  const { flat, breaks } = view;
  let i = from;
  while (i < flat.length && i - from < max && breaks[i] !== NEW_PARAGRAPH && set.has(flat.charCodeAt(i))) i++;
  return { end: i, open: i === flat.length };
}

function isToken(body: string, { check }: Format): boolean {
  if (isMasked(body) || EXAMPLE.test(body)) return false;
  return check !== 'random' || (hasRun(body) && /\d/.test(body));
}

/** What could be the head of a token at the end of a row: fewer characters, or words, are not waited for. */
const isHead = (text: string) => text.length >= 6 && /\d|[a-z][A-Z]|[A-Z]{2}[a-z]/.test(text);

/**
 * Where the part before a keyword starts, in its row or in rows above that end in what could be its head. A row's start
 * may be it, whatever the row above ends in.
 */
function startBackwards(view: View, at: number, { set, min, max }: FormatPart): number | undefined {
  const { flat, breaks } = view;
  let found: number | undefined;
  let end = at;
  let from = at;
  while (
    from > 0 &&
    at - from < max &&
    breaks[from] !== NEW_PARAGRAPH &&
    set.has(flat.charCodeAt(from - 1))
  ) {
    if (breaks[from]) {
      if (end < at && !isHead(flat.slice(from, end))) return found;
      if (at - from >= min) found = from;
      end = from;
    }
    from--;
  }
  const isWhole = from === 0 || breaks[from] !== 0 || !set.has(flat.charCodeAt(from - 1));
  const isCut = end < at && !isHead(flat.slice(from, end));
  return isWhole && !isCut && at - from >= min ? from : found;
}

/** Where the text ends in characters that could precede a keyword in the next row. */
function startOfBefore({ flat, breaks }: View, { set, max }: FormatPart): number {
  let held = flat.length;
  let end = flat.length;
  let from = flat.length;
  while (from > 0 && flat.length - from < max && set.has(flat.charCodeAt(from - 1))) {
    from--;
    if (!breaks[from]) continue;
    if (!isHead(flat.slice(from, end))) return held;
    held = from;
    end = from;
    if (breaks[from] === NEW_PARAGRAPH) return held;
  }
  const isWhole = from === 0 || !set.has(flat.charCodeAt(from - 1));
  return isWhole && end > from && isHead(flat.slice(from, end)) ? from : held;
}
