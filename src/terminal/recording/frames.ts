import type { Screen, StyleRun } from '../screen/screen.ts';
import {
  flagsOf,
  type Picture,
  type PictureRow,
  type RecordedFrame,
  type RowTuple,
  RUN_FLAGS,
  type RunTuple,
} from './format.ts';

const NO_RUNS: readonly RunTuple[] = [];

/** A screen on which nothing has been printed. */
export const blankPicture = (cols: number, rows: number): Picture => ({
  cols,
  rows: Array.from({ length: rows }, () => ({ text: '', runs: NO_RUNS })),
  cursor: null,
});

/** A screen as it is, unredacted. */
export const pictureOf = ({ cols, rows, cursor }: Pick<Screen, 'cols' | 'rows' | 'cursor'>): Picture => ({
  cols,
  rows: rows.map(({ text, runs }) => ({ text, runs: runs?.map(runTuple) ?? NO_RUNS })),
  cursor: [cursor.row, cursor.col],
});

/** The screen that a picture shows. Its title is not recorded. */
export const screenOfPicture = ({ cols, rows, cursor }: Picture): Screen => ({
  cols,
  rows: rows.map(({ text, runs }) => ({ text, wrapped: false, runs: runs.map(styleRun) })),
  cursor: cursor ? { row: cursor[0], col: cursor[1] } : { row: 0, col: 0 },
  alternate: false,
  title: '',
});

const styleRun = ([start, end, flags, fg, bg]: RunTuple): StyleRun => ({
  start,
  end,
  ...(flags & RUN_FLAGS.bold ? { bold: true } : {}),
  ...(flags & RUN_FLAGS.dim ? { dim: true } : {}),
  ...(flags & RUN_FLAGS.italic ? { italic: true } : {}),
  ...(flags & RUN_FLAGS.inverse ? { inverse: true } : {}),
  ...(fg === null ? {} : { fg }),
  ...(bg === null ? {} : { bg }),
});

export const runTuple = (run: StyleRun): RunTuple => [
  run.start,
  run.end,
  flagsOf(run),
  run.fg ?? null,
  run.bg ?? null,
];

export const isSameSize = (a: Picture, b: Picture): boolean =>
  a.cols === b.cols && a.rows.length === b.rows.length;

/**
 * What changed from one picture to the next of the same size; null if nothing did. Without a picture before, the whole
 * screen: every row that is not blank.
 */
export function frameBetween(before: Picture | null, after: Picture, ms: number): RecordedFrame | null {
  const rows: RowTuple[] = [];
  for (const [index, row] of after.rows.entries()) {
    const old = before?.rows[index];
    if (old ? isSameRow(old, row) : row.text === '' && row.runs.length === 0) continue;
    rows.push(row.runs.length > 0 ? [index, row.text, [...row.runs]] : [index, row.text]);
  }
  const isMoved = !before || !isSameCursor(before.cursor, after.cursor);
  if (before && rows.length === 0 && !isMoved) return null;
  return isMoved ? [ms, rows, after.cursor] : [ms, rows];
}

/** The picture after a frame. Rows that the screen does not have are left out. */
export function withFrame(picture: Picture, [, changed, cursor]: RecordedFrame): Picture {
  const rows = changed.length > 0 ? [...picture.rows] : picture.rows;
  for (const [index, text, runs = []] of changed) {
    if (index < rows.length) (rows as PictureRow[])[index] = { text, runs };
  }
  return { cols: picture.cols, rows, cursor: cursor === undefined ? picture.cursor : cursor };
}

function isSameRow(a: PictureRow, b: PictureRow): boolean {
  if (a === b) return true;
  if (a.text !== b.text || a.runs.length !== b.runs.length) return false;
  return a.runs.every((run, index) => isSameRun(run, b.runs[index] as RunTuple));
}

const isSameRun = (a: RunTuple, b: RunTuple): boolean =>
  a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] && a[4] === b[4];

const isSameCursor = (a: Picture['cursor'], b: Picture['cursor']): boolean =>
  a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);
