import { type Range, rangesIn, replaced } from './redaction.ts';

/** A row as a terminal shows it, without trailing blanks. `wrapped`: it continues the row above. */
export interface ShownRow {
  text: string;
  wrapped: boolean;
}

/** Characters that may be two columns wide: a row with them may be full although it is short. */
const MAY_BE_WIDE = /[\u1100-\uffff]/;

/**
 * The rows of a screen without its secrets, as many as there were. The terminal says where it has wrapped a line, so
 * each line is read as a whole. `above`: lines that have scrolled off. The first line of a key may be among them.
 */
export function redactScreen(
  rows: readonly ShownRow[],
  { cols, above }: { cols: number; above: readonly string[] },
): string[] {
  const before = above.map((line) => `${line}\n`).join('');
  const starts: number[] = [];
  let text = before;
  for (const [index, row] of rows.entries()) {
    if (index > 0 && !row.wrapped) text += '\n';
    starts.push(text.length);
    text += rows[index + 1]?.wrapped ? filled(row.text, cols) : row.text;
  }
  const ranges = rangesIn(text);
  return rows.map((row, index) => {
    const from = starts[index] ?? 0;
    return replaced(row.text, partsWithin(ranges, from, from + row.text.length));
  });
}

/** A wrapped row is full: what is missing at its end are blanks. */
const filled = (text: string, cols: number): string => (MAY_BE_WIDE.test(text) ? text : text.padEnd(cols));

const partsWithin = (ranges: readonly Range[], from: number, to: number): Range[] =>
  ranges
    .filter((range) => range.to > from && range.from < to)
    .map(({ rule, ...range }) => ({
      rule,
      from: Math.max(range.from, from) - from,
      to: Math.min(range.to, to) - from,
    }));
