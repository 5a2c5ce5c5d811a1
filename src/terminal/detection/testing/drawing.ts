import type { Label } from '../classify.ts';

/** A screen drawn in a vendor's style for a pane of any width, and what the rules must find on it. */
export interface DrawnScreen {
  name: string;
  label: Label;
  draw: (cols: number) => string[];
  startup?: string;
  question?: string;
  /** The selected choice. */
  selected?: string;
  choices?: number;
  warning?: 'limit_warning' | 'retrying';
  resets?: string;
  overage?: boolean;
  continuesItself?: true;
  safeKey?: string;
  title?: string;
}

export const rule = (cols: number, sign = '─'): string => sign.repeat(cols);

/** Text wrapped to the pane, every row after the first indented. */
export function flow(text: string, cols: number, first = '', rest = first.replace(/\S/g, ' ')): string[] {
  const rows: string[] = [];
  let row = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && row.length + 1 + word.length > cols) {
      rows.push(row);
      row = rest + word;
    } else {
      row += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...rows, row];
}

/** Rows inside a frame as wide as the pane. */
export function framed(rows: string[], cols: number): string[] {
  const width = cols - 4;
  const inside = rows.flatMap((row) => (row.length > width ? flow(row.trim(), width, ' ') : [row]));
  return [
    `╭${'─'.repeat(cols - 2)}╮`,
    ...inside.map((row) => `│ ${row.padEnd(width)} │`),
    `╰${'─'.repeat(cols - 2)}╯`,
  ];
}
