import { LastLines } from '../../../lib/text/last-lines.ts';
import type { PlainLines } from '../../screen/plain-lines.ts';
import type { LogicalLine } from '../../screen/rows.ts';

const RECENT = 500;

/** What has scrolled off the top of the screen: the number of rows, and the last lines. */
export class PrintedLines {
  rows = 0;
  readonly #last = new LastLines();

  /** The text of the last 500 lines, unredacted. */
  get recent(): string[] {
    return this.#last.last(RECENT);
  }

  add(lines: readonly LogicalLine[]): void {
    for (const { rows } of lines) this.rows += rows;
    this.#last.add(lines.map(({ text }) => text));
    this.#last.keep(RECENT);
  }

  addPlain({ text, count, rows }: PlainLines): void {
    this.rows += rows;
    this.#last.addText({ text, length: count });
    this.#last.keep(RECENT);
  }
}
