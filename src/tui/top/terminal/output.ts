import { changes, type TerminalRows } from './row-writer.ts';

/** How pictures reach a terminal. */
export interface Output {
  /** Takes the terminal, and gives it back. */
  enter: string;
  leave: string;
  /** What to write so that it shows `next` after `last`, which is null at first. */
  text(last: TerminalRows | null, next: TerminalRows): string;
}

/**
 * The other screen, without wrapping and without a cursor, with reports of the mouse, and pastes marked as such. Rows
 * are written where they have changed.
 */
export const frames: Output = {
  enter: '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[2J',
  leave: '\x1b[?2026l\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l',
  text: changes,
};

/** Lines below each other, for a screen reader: those that were not there before. Nothing is written over. */
export const lines: Output = {
  enter: '\x1b[?2004h',
  leave: '\x1b[?2004l',
  text(last, next) {
    const before = new Set(last?.rows ?? []);
    // What is not selected any more was read out when it was.
    const isNew = (row: string) => !before.has(row) && !before.has(`(selected) ${row}`);
    const added = next.rows.filter((row) => row.trim() !== '' && isNew(row));
    return added.map((row) => `${row}\r\n`).join('');
  },
};
