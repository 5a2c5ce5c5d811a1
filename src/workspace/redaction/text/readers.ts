import { isComplete } from './values.ts';
import type { CharSet, View } from './view.ts';
import { codesExcept, readRun } from './view.ts';

/** Ends of a bare value: quotes and brackets of code, separators of lists, shells and queries. */
export const BARE = codesExcept('"\'`<>(){}[],;&|\\');
/** What may be in a value between quotes. */
const QUOTED = codesExcept('"\'`\\');
const MAX_VALUE_LENGTH = 1024;
export const VALUE_LIMITS = { min: 1, full: MAX_VALUE_LENGTH, max: MAX_VALUE_LENGTH };

export interface ValueRange {
  from: number;
  to: number;
  /** Later rows could belong to it. */
  open: boolean;
  isAccepted: boolean;
}

const OPENING = /(?:[bfru]{0,2}(?=\\{0,3}["'`]))?\\{0,3}["'`]/y;

/**
 * The word that starts at an offset, or what is between the quotes that open there. Without the stop of a sentence.
 * Where `accept` refuses it, the rows that may not belong to it are left out, one after the other.
 */
export function valueAt(
  view: View,
  at: number,
  set: CharSet,
  accept: (text: string, isQuoted: boolean) => boolean,
): ValueRange {
  const opening = matchAt(OPENING, view, at)?.[0] ?? '';
  const isQuoted = opening !== '';
  const from = at + opening.length;
  const run = readRun(view, from, isQuoted ? QUOTED : set, VALUE_LIMITS);
  for (const end of endsOf(view, from, run.end)) {
    const text = view.flat.slice(from, end);
    const word = isQuoted ? text : text.replace(/[.:,;!?]{1,8}$/, '');
    if (accept(word, isQuoted)) return { from, to: from + word.length, open: run.open, isAccepted: true };
  }
  return { from, to: run.end, open: run.open, isAccepted: false };
}

const MAX_ENDS = 8;

/**
 * Where a word that was read over rows may end: at its end, or at the end of any row before. The name of a file, or
 * a word such as `required`, has no rest in the next row.
 */
export function endsOf({ breaks, flat }: View, from: number, to: number): number[] {
  const cut = breaks.subarray(from + 1, to).findIndex((kind) => kind !== 0);
  if (cut >= 0 && isComplete(flat.slice(from, from + 1 + cut))) return [from + 1 + cut];
  const ends = [to];
  for (let i = to - 1; i > from && ends.length < MAX_ENDS; i--) if (breaks[i]) ends.push(i);
  return ends;
}

/** A sticky pattern at an offset. It must be bounded: it reads all rows as one. */
export function matchAt(pattern: RegExp, { flat }: View, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(flat) ?? undefined;
}

/** Whether a blank precedes an offset; the end of a row is one, because blanks around it are not in the view. */
export const isAfterBlank = ({ flat, breaks }: View, at: number): boolean =>
  breaks[at] !== 0 || /[ \t]/.test(flat[at - 1] ?? ' ');
