import type { LogicalLine } from './rows.ts';

/**
 * Whole lines of printable ASCII without trailing blanks, as one text: an object for each of the million lines of a flood
 * takes longer than what is done with them.
 */
export class PlainLines {
  /** Joined by newlines. */
  readonly text: string;
  readonly count: number;
  /** How many rows they take on the screen. */
  readonly rows: number;
  readonly #cols: number;

  /** `cols`: of the terminal. */
  constructor(text: string, { count, rows, cols }: { count: number; rows: number; cols: number }) {
    this.text = text;
    this.count = count;
    this.rows = rows;
    this.#cols = cols;
  }

  /** One by one. */
  lines(): LogicalLine[] {
    return linesOf(this.text, this.#cols);
  }

  /** The first lines, and the last `count` one by one. */
  cut(count: number): { first: PlainLines | null; last: LogicalLine[] } {
    if (count === 0) return { first: this, last: [] };
    if (count >= this.count) return { first: null, last: this.lines() };
    let end = this.text.length;
    for (let left = count; left > 0; left--) end = this.text.lastIndexOf('\n', end - 1);
    const cols = this.#cols;
    const last = linesOf(this.text.slice(end + 1), cols);
    const rows = this.rows - last.reduce((sum, line) => sum + line.rows, 0);
    return {
      first: new PlainLines(this.text.slice(0, end), { count: this.count - count, rows, cols }),
      last,
    };
  }
}

const linesOf = (text: string, cols: number): LogicalLine[] =>
  text.split('\n').map((line) => ({ text: line, rows: rowsOf(line.length, cols) }));

/** How many rows of the screen a line of so many characters takes. */
export const rowsOf = (length: number, cols: number): number => Math.max(1, Math.ceil(length / cols));
