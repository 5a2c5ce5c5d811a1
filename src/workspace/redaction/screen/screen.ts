import { type Range, rangesIn, replaced, withoutOverlaps } from '../redaction.ts';
import { RepeatedLines } from './repeated-lines.ts';
import { UnfinishedSecrets } from './unfinished.ts';

/** A row as a terminal shows it, without trailing blanks. `wrapped`: it continues the row above. */
export interface TerminalRow {
  text: string;
  wrapped: boolean;
}

/** Characters that may be two columns wide: a row with them may be full although it is short. */
const MAY_BE_WIDE = /[\u1100-\uffff]/;

export interface ScreenContext {
  cols: number;
  /** Lines that have scrolled off: the first line of a key may be among them. */
  above: readonly string[];
  /** What has scrolled off of the line that the first row continues. */
  head?: string;
}

/**
 * The rows of a screen without its secrets, as many as there were. The terminal says where it has wrapped a line, so
 * each line is read as a whole.
 */
export function redactScreen(rows: readonly TerminalRow[], context: ScreenContext): string[] {
  const ranges = secretsOnScreen(rows, context);
  return rows.map(({ text }, index) => replaced(text, ranges[index] ?? []));
}

/** What is secret in each row. `read`: as `rangesIn` of the lines as one text. */
export function secretsOnScreen(
  rows: readonly TerminalRow[],
  context: ScreenContext,
  read = (lines: readonly string[]): Range[] => rangesIn(lines.join('\n')),
): Range[][] {
  const { lines, places } = linesOnScreen(rows, context);
  const starts: number[] = [];
  let at = context.above.reduce((length, line) => length + line.length + 1, 0);
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  const ranges = read([...context.above, ...lines]);
  return rows.map((row, index) => {
    const { line, offset } = places[index] ?? { line: 0, offset: 0 };
    const from = (starts[line] ?? 0) + offset;
    return partsWithin(ranges, from, from + row.text.length);
  });
}

/** The same with what is only the beginning of a secret, because a program is still printing it. */
export class ScreenSecrets {
  readonly #unfinished = new UnfinishedSecrets();
  readonly #finished = new RepeatedLines();

  /** `cursor`: the place in a row, by its characters. */
  on(
    rows: readonly TerminalRow[],
    context: ScreenContext,
    cursor: { row: number; offset: number } | null,
  ): Range[][] {
    const finished = secretsOnScreen(rows, context, (lines) => this.#finished.in(lines));
    const { lines, places } = linesOnScreen(rows, context);
    const place = cursor && places[cursor.row];
    const begun = this.#unfinished.in(
      lines,
      place && { line: place.line, offset: place.offset + cursor.offset },
    );
    return rows.map((row, index) => {
      const { line, offset } = places[index] ?? { line: 0, offset: 0 };
      const parts = partsWithin(begun[line] ?? [], offset, offset + row.text.length);
      const known = finished[index] ?? [];
      return parts.length === 0 ? known : withoutOverlaps([...known, ...parts]);
    });
  }
}

/** The lines that a terminal has made these rows of, and where in them each row begins. */
function linesOnScreen(
  rows: readonly TerminalRow[],
  { cols, head = '' }: ScreenContext,
): { lines: string[]; places: { line: number; offset: number }[] } {
  const lines: string[] = [];
  const places = rows.map(({ text, wrapped }, index) => {
    if (index === 0) lines.push(wrapped ? head : '');
    else if (!wrapped) lines.push('');
    const line = lines.length - 1;
    const offset = lines[line]?.length ?? 0;
    lines[line] += rows[index + 1]?.wrapped ? filled(text, cols) : text;
    return { line, offset };
  });
  return { lines, places };
}

/** A wrapped row is full: what is missing at its end are blanks. */
const filled = (text: string, cols: number): string => (MAY_BE_WIDE.test(text) ? text : text.padEnd(cols));

/** Parts of these ranges, counted from the beginning of the row. */
const partsWithin = (ranges: readonly Range[], from: number, to: number): Range[] =>
  ranges
    .filter((range) => range.to > from && range.from < to)
    .map(({ rule, ...range }) => ({
      rule,
      from: Math.max(range.from, from) - from,
      to: Math.min(range.to, to) - from,
    }));
