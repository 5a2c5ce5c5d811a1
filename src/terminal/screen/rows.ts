import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import type { ScreenRow, StyleRun } from './screen.ts';

/** Converts a buffer row to a ScreenRow. `cell` is reused, so that a screen of 10,000 cells allocates no garbage. */
export function screenRow(line: IBufferLine, cols: number, cell: IBufferCell): ScreenRow {
  const row: ScreenRow = { text: line.translateToString(true).trimEnd(), wrapped: line.isWrapped };
  const runs = styleRuns(line, cols, cell);
  return runs.length ? { ...row, runs } : row;
}

function styleRuns(line: IBufferLine, cols: number, cell: IBufferCell): StyleRun[] {
  const runs: StyleRun[] = [];
  let last: StyleRun | null = null;
  let lastKey = '';
  for (let col = 0; col < cols; col++) {
    if (!line.getCell(col, cell)) break;
    if (cell.isAttributeDefault()) {
      last = null;
      continue;
    }
    const key = `${cell.getFgColorMode()} ${cell.getFgColor()} ${cell.getBgColorMode()} ${cell.getBgColor()} ${flags(cell)}`;
    if (last && key === lastKey) {
      last.end = col + 1;
      continue;
    }
    last = { start: col, end: col + 1, ...styleOf(cell) };
    lastKey = key;
    // Underline and others are styles of the terminal that StyleRun does not have.
    if (Object.keys(last).length > 2) runs.push(last);
  }
  return runs;
}

const flags = (cell: IBufferCell): number =>
  (cell.isBold() ? 1 : 0) | (cell.isDim() ? 2 : 0) | (cell.isItalic() ? 4 : 0) | (cell.isInverse() ? 8 : 0);

function styleOf(cell: IBufferCell): Omit<StyleRun, 'start' | 'end'> {
  const fg = cell.isFgRGB() ? rgb(cell.getFgColor()) : cell.isFgPalette() ? String(cell.getFgColor()) : null;
  const bg = cell.isBgRGB() ? rgb(cell.getBgColor()) : cell.isBgPalette() ? String(cell.getBgColor()) : null;
  return {
    ...(cell.isBold() ? { bold: true } : {}),
    ...(cell.isDim() ? { dim: true } : {}),
    ...(cell.isItalic() ? { italic: true } : {}),
    ...(cell.isInverse() ? { inverse: true } : {}),
    ...(fg === null ? {} : { fg }),
    ...(bg === null ? {} : { bg }),
  };
}

const rgb = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;

/** A line as the program wrote it, and how many screen rows it took. */
export interface LogicalLine {
  text: string;
  rows: number;
}

/**
 * Rows [from, to) of a buffer as logical lines: rows that the terminal wrapped are joined, trailing blanks are kept.
 * `partial` holds the rows of the first line that came before `from`.
 */
export function logicalLines(
  buffer: IBuffer,
  from: number,
  to: number,
  partial?: LogicalLine,
): LogicalLine[] {
  const lines: LogicalLine[] = partial ? [{ ...partial }] : [];
  for (let y = from; y < to; y++) {
    const row = buffer.getLine(y);
    if (!row) break;
    // Leaves out cells that were never written: a wide character that did not fit leaves one at the end of its row.
    const text = row.translateToString(true);
    const last = lines.at(-1);
    if (last && row.isWrapped) {
      last.text += text;
      last.rows++;
    } else {
      lines.push({ text, rows: 1 });
    }
  }
  return lines;
}

export const trimmed = (line: LogicalLine): LogicalLine => ({ text: line.text.trimEnd(), rows: line.rows });

/** The lines up to the last that is not blank. */
export function toLastNonBlank<T extends { text: string }>(lines: T[]): T[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.text === '') end--;
  return lines.slice(0, end);
}
