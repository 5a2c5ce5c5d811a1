import type { LogicalLine } from '../screen/rows.ts';

const RECENT = 500;

/** What has scrolled off the top of the screen: the number of rows, and the last lines. */
export class PrintedLines {
  rows = 0;
  /** The text of the last 500 lines, unredacted. */
  recent: string[] = [];

  add(lines: readonly LogicalLine[]): void {
    for (const line of lines) this.rows += line.rows;
    this.recent = [...this.recent, ...lines.slice(-RECENT).map(({ text }) => text)].slice(-RECENT);
  }
}
