import { flagsOf } from '../recording/format.ts';
import type { ScreenRow, StyleRun } from '../screen/screen.ts';

/** A sign that only glows is drawn beside what it speaks of: in one of so many rows, the lowest that are not blank. */
const GLOWING_ROWS = 12;

/**
 * A number for the colours of the lowest of the first `count` rows, equal for equal ones. The rows themselves are not
 * kept for this: a screen has a thousand stretches of colour and more.
 */
export function styleMark(rows: readonly ScreenRow[], count: number): number {
  let last = count - 1;
  while (last >= 0 && rows[last]?.text === '') last--;
  let mark = 0;
  for (let at = Math.max(0, last - GLOWING_ROWS + 1); at <= last; at++) {
    const runs = rows[at]?.runs;
    if (!runs) continue;
    mark = mixed(mark, at);
    for (const run of runs) mark = mixedRun(mark, run);
  }
  return mark;
}

function mixedRun(mark: number, run: StyleRun): number {
  const placed = mixed(mixed(mixed(mark, run.start), run.end), flagsOf(run));
  return mixedText(mixedText(placed, run.fg ?? ''), run.bg ?? '');
}

function mixedText(mark: number, text: string): number {
  let result = mixed(mark, text.length);
  for (let at = 0; at < text.length; at++) result = mixed(result, text.charCodeAt(at));
  return result;
}

/** One step of FNV-1a, by numbers in place of bytes. */
const mixed = (mark: number, value: number): number => Math.imul(mark ^ (value + 0x9e37), 0x01000193);
