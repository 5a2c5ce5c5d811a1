import stringWidth from 'string-width';

const SGR = /\x1b\[[\d;]*m/g;
/** Characters that every terminal draws in one column. */
const CERTAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff·–…→─-▟○●◌✓✗‖❯⎿⏎▸]*$/;

/** Where the terminal's own cursor is, from 0; null while it is hidden. */
export type CursorPlace = { row: number; column: number } | null;

export interface TerminalRows {
  columns: number;
  rows: readonly string[];
  cursor: CursorPlace;
}

/** What to send to a terminal so that it shows `next` after `last`: only the rows that differ. Empty if none does. */
export function changes(last: TerminalRows | null, next: TerminalRows): string {
  const isSameSize = last !== null && last.columns === next.columns && last.rows.length === next.rows.length;
  const changed = next.rows.flatMap((row, index) =>
    isSameSize && last.rows[index] === row ? [] : [`\x1b[${index + 1};1H${placed(row, next.columns)}`],
  );
  const isCursorMoved = JSON.stringify(last?.cursor ?? null) !== JSON.stringify(next.cursor);
  if (changed.length === 0 && !isCursorMoved) return '';
  const hidden = last?.cursor && changed.length > 0 ? '\x1b[?25l' : '';
  // A terminal that knows it shows the whole change at once; the others ignore it.
  return `\x1b[?2026h${hidden}${changed.join('')}${cursorWords(next.cursor)}\x1b[?2026l`;
}

const cursorWords = (cursor: CursorPlace): string =>
  cursor === null ? '\x1b[?25l' : `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;

/**
 * A row that fills its columns in every terminal. After characters about whose width terminals disagree, the cursor is
 * put where it belongs; a short row is erased to its end.
 */
export function placed(row: string, columns: number): string {
  let written = '';
  let column = 0;
  let from = 0;
  const add = (text: string) => {
    for (const part of text.split(/([^\x20-\x7e]+)/)) {
      if (part === '') continue;
      column += CERTAIN.test(part) ? part.length : stringWidth(part);
      written += CERTAIN.test(part) || column >= columns ? part : `${part}\x1b[${column + 1}G`;
    }
  };
  for (const { 0: code, index } of row.matchAll(SGR)) {
    add(row.slice(from, index));
    written += code;
    from = index + code.length;
  }
  add(row.slice(from));
  return column < columns ? `${written}\x1b[0m\x1b[K` : `${written}\x1b[0m`;
}
