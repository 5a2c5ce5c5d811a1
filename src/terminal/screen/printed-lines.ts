import type { LogicalLine } from './rows.ts';

const RECENT = 500;

/** What has left the screen at its top: how much, and the last of it. */
export class PrintedLines {
  rows = 0;
  /** The text of the last 500 lines, raw. */
  recent: string[] = [];

  add(lines: readonly LogicalLine[]): void {
    for (const line of lines) this.rows += line.rows;
    this.recent = [...this.recent, ...lines.slice(-RECENT).map(({ text }) => text)].slice(-RECENT);
  }
}
