import stringWidth from 'string-width';
import { stripControl } from '../../../lib/text/plain-text.ts';

/** ASCII without controls. */
const SIMPLE = /^[\x20-\x7e]*$/;
/** One code point each, one column each: Latin, Greek and Cyrillic letters, and the signs that we draw with. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0400-\u0482·–…→─-▟○●◌✓✗‖❯⎿⏎▸]*$/;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A text of one line that every terminal draws in the same number of columns: no control characters, nothing invisible
 * or reordering, and no sequences of code points that some terminals join and others do not (flags, skin tones).
 */
export function clean(text: string): string {
  if (SIMPLE.test(text)) return text;
  const flat = stripControl(text).replace(/[\n\t]/g, ' ');
  if (NARROW.test(flat)) return flat;
  let shown = '';
  for (const { segment } of segmenter.segment(flat.normalize('NFC'))) shown += simpler(segment);
  return shown;
}

const MARKS = /^[\p{Mn}\p{Me}]$/u;
const LETTER = /^\p{L}$/u;
const LETTER_A = 'A'.codePointAt(0) ?? 65;
const [FIRST_FLAG, LAST_FLAG] = [0x1f1e6, 0x1f1ff];

/** The letters of a cluster, each with two accents at most; of a picture, its first character. */
function simpler(cluster: string): string {
  const [first = '', ...more] = [...cluster];
  const code = first.codePointAt(0) ?? 0;
  // Half of a flag, or a pair of them: its letters.
  if (code >= FIRST_FLAG && code <= LAST_FLAG)
    return [first, ...more].map((each) => letterOf(each.codePointAt(0) ?? 0)).join('');
  if (MARKS.test(first) || widthOfPart(first) === 0) return '';
  let shown = first;
  let marks = 0;
  for (const each of more) {
    if (MARKS.test(each)) {
      marks += 1;
      if (marks <= 2) shown += each;
    } else if (LETTER.test(first) && LETTER.test(each) && widthOfPart(each) > 0) {
      shown += each;
      marks = 0;
    }
  }
  return shown;
}

const letterOf = (code: number): string =>
  code >= FIRST_FLAG && code <= LAST_FLAG ? String.fromCodePoint(LETTER_A + code - FIRST_FLAG) : '';

/** What takes columns of its own in a clean text: a character with its accents. */
export function* partsOf(text: string): Generator<string> {
  if (NARROW.test(text)) {
    yield* text;
    return;
  }
  let part = '';
  for (const char of text) {
    if (part !== '' && !MARKS.test(char)) {
      yield part;
      part = '';
    }
    part += char;
  }
  if (part !== '') yield part;
}

const widths = new Map<string, number>();

/** The columns of one part: 1 or 2. */
export function widthOfPart(part: string): number {
  if (part.length === 1 && NARROW.test(part)) return 1;
  let width = widths.get(part);
  if (width === undefined) {
    width = Math.min(2, stringWidth(part));
    if (widths.size > 10_000) widths.clear();
    widths.set(part, width);
  }
  return width;
}

/** Whether terminals may disagree about the columns of this text. */
export const isRisky = (text: string): boolean => !NARROW.test(text);
