import type { Picture, PictureRow, RunTuple } from '../../terminal/recording/format.ts';
import { pictureOf } from '../../terminal/recording/frames.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import { type Range, replaced } from '../../workspace/redaction/redaction.ts';
import { ScreenSecrets } from '../../workspace/redaction/screen/screen.ts';

/** Each of these characters takes one column. */
const ONE_COLUMN =
  /^[\x20-\x7e\u00a1-\u02ff\u2013-\u2026\u2190-\u21ff\u2500-\u259f\u25cf\u2713\u2717\u276f]*$/;

/**
 * Makes pictures of a screen without its secrets. One per worker: it remembers the lines that it has read.
 */
export class RedactedPictures {
  readonly #secrets = new ScreenSecrets();

  /**
   * `above`: the lines that have scrolled off; `head`: what has of the first row's line. A row's colours, and the cursor,
   * move with its text.
   */
  of(screen: Screen, { above = [], head = '' }: { above?: readonly string[]; head?: string } = {}): Picture {
    const { rows, cols, cursor } = screen;
    const offset = Math.min(cursor.col, rows[cursor.row]?.text.length ?? 0);
    const secrets = this.#secrets.on(
      rows,
      { cols, above: above.slice(firstThatMatters(above)), head },
      { row: cursor.row, offset },
    );
    const picture = pictureOf(screen);
    if (secrets.every((ranges) => ranges.length === 0)) return picture;
    const shown = picture.rows.map((row, index) => redactedRow(row, secrets[index] ?? []));
    return { cols, rows: shown, cursor: cursorIn(picture, secrets) };
  }
}

/** How many lines that have scrolled off are read again with each screen; more only from the first line of a key on. */
const LINES_ABOVE = 24;

const firstThatMatters = (above: readonly string[]): number => {
  const key = above.findLastIndex((line) => line.includes('-----BEGIN'));
  const last = Math.max(0, above.length - LINES_ABOVE);
  return key === -1 ? last : Math.min(key, last);
};

function redactedRow(row: PictureRow, ranges: readonly Range[]): PictureRow {
  if (ranges.length === 0) return row;
  const text = replaced(row.text, ranges);
  // Where characters are two columns wide, the columns of a mark are not known: such a row loses its colours.
  return ONE_COLUMN.test(row.text)
    ? { text, runs: movedRuns(row.runs, movesOf(ranges)) }
    : { text, runs: [] };
}

/** What is now in place of a range of columns. */
interface Move {
  from: number;
  to: number;
  /** Where its mark starts and ends. */
  start: number;
  end: number;
}

function movesOf(ranges: readonly Range[]): Move[] {
  let shift = 0;
  return ranges.map(({ rule, from, to }) => {
    const start = from + shift;
    const end = start + replaced('x', [{ rule, from: 0, to: 1 }]).length;
    shift = end - to;
    return { from, to, start, end };
  });
}

/** The colours of what stays. None of a secret's own: they could show where it changes. */
function movedRuns(runs: readonly RunTuple[], moves: readonly Move[]): RunTuple[] {
  return runs.flatMap(([start, end, ...style]): RunTuple[] => {
    const parts: RunTuple[] = [];
    let from = start;
    for (const move of moves) {
      if (move.to <= from || move.from >= end) continue;
      if (move.from > from) parts.push([movedColumn(from, moves), movedColumn(move.from, moves), ...style]);
      from = move.to;
    }
    if (from < end) parts.push([movedColumn(from, moves), movedColumn(end, moves), ...style]);
    return parts;
  });
}

/** A column within a secret is where its mark ends: the length of a secret is not shown either. */
function movedColumn(column: number, moves: readonly Move[]): number {
  const last = moves.findLast(({ from }) => from < column);
  if (!last) return column;
  return column <= last.to ? last.end : column - last.to + last.end;
}

function cursorIn({ rows, cursor }: Picture, secrets: readonly (readonly Range[])[]): Picture['cursor'] {
  const [row, column] = cursor ?? [0, 0];
  const ranges = secrets[row] ?? [];
  if (ranges.length === 0) return cursor;
  return ONE_COLUMN.test(rows[row]?.text ?? '') ? [row, movedColumn(column, movesOf(ranges))] : null;
}
