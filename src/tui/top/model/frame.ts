import type { Line } from '../text/line.ts';
import type { Overlay } from './overlay.ts';
import type { Hit, Target } from './panels.ts';

/** The smallest terminal that everything fits into. */
export const SMALLEST = { cols: 60, rows: 16 };
/** From this width on the detail pane is beside the list. */
export const WIDE = 116;

/** A part of the frame: lines of exactly its width. */
export interface FramePart {
  name: 'all' | 'header' | 'limits' | 'workers' | 'detail' | 'asks' | 'facts' | 'now' | 'footer' | 'notice';
  width: number;
  lines: Line[];
}

export interface Frame {
  cols: number;
  rows: number;
  /** From top to bottom; two columns are beside each other. */
  rowsOfParts: (FramePart | [FramePart[], FramePart[]])[];
  hits: Hit[];
  /** How far the selected tab can be scrolled. */
  mostScroll: number;
  overlay: Overlay | null;
  /** Where the terminal's cursor is shown; null to hide it. */
  cursor: { row: number; column: number } | null;
}

/** The lines of a whole frame. */
export const linesOf = ({ rowsOfParts }: Pick<Frame, 'rowsOfParts'>): Line[] =>
  rowsOfParts.flatMap((row) => {
    if (!Array.isArray(row)) return row.lines;
    const [left, right] = row.map((parts) => parts.flatMap(({ lines }) => lines));
    return (left ?? []).map((each, at) => [...each, ...(right?.[at] ?? [])]);
  });

/** The same places, further down and to the right. */
export const moved = (hits: readonly Hit[], row: number, column: number): Hit[] =>
  hits.map((hit) => ({ ...hit, row: hit.row + row, from: hit.from + column, to: hit.to + column }));

/** All of some rows. */
export const band = (row: number, height: number, from: number, to: number, target: Target): Hit[] =>
  Array.from({ length: Math.max(0, height) }, (_, at) => ({ row: row + at, from, to, target }));
