import type { LogicalLine } from '../screen/rows.ts';

const RECENT = 500;

/** What has scrolled off the top of the screen: the number of rows, and the last lines. */
export class PrintedLines {
  rows = 0;
  #last: string[] = [];

  /** The text of the last 500 lines, unredacted. */
  get recent(): string[] {
    return this.#last.slice(-RECENT);
  }

  add(lines: readonly LogicalLine[]): void {
    for (const { text, rows } of lines) {
      this.rows += rows;
      this.#last.push(text);
    }
    // Not with every line: each cut copies all that stay.
    if (this.#last.length > 2 * RECENT) this.#last = this.#last.slice(-RECENT);
  }
}
