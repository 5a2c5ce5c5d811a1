import { fit, type Line, line, over, plainly, span } from '../text/line.ts';
import { noticeLines } from './bars.ts';
import type { Frame } from './frame.ts';
import { linesOf, SMALLEST, WIDE } from './frame.ts';
import { narrowFrame } from './narrow.ts';
import { overlayOf } from './overlay.ts';
import type { Target } from './panels.ts';
import type { State } from './state.ts';
import { wideFrame } from './wide.ts';

/** What is behind a dialog. */
const FADED = { fg: 'frame' } as const;

/** Everything that is drawn, in exactly the terminal's size. Pure. */
export function frameOf(state: State): Frame {
  const { cols, rows } = state;
  if (cols < SMALLEST.cols || rows < SMALLEST.rows) return tooSmall(state);
  const base = withNotice(cols >= WIDE ? wideFrame(state) : narrowFrame(state), noticeLines(state, cols));
  if (!state.dialog) return base;
  const { overlay, cursor } = overlayOf(state, state.dialog);
  const lines = linesOf(base).map((under, row) => {
    const top = overlay.lines[row - overlay.row];
    const faded = plainly(under, FADED);
    return top ? over(faded, overlay.column, top) : faded;
  });
  return { ...base, rowsOfParts: [{ name: 'all', width: cols, lines }], overlay, cursor };
}

/** What was refused, and what to type instead, is shown whole: over the rows above the last one. */
function withNotice(frame: Frame, notice: readonly Line[]): Frame {
  if (notice.length < 2) return frame;
  const kept = frame.rows - notice.length;
  const lines = [...linesOf(frame).slice(0, kept), ...notice];
  return {
    ...frame,
    rowsOfParts: [{ name: 'all', width: frame.cols, lines }],
    hits: frame.hits.filter(({ row }) => row < kept),
  };
}

function tooSmall({ cols, rows, dialog }: State): Frame {
  // A dialog that is open takes the keys, and may hold a text: it is there again in a larger terminal.
  const quits = dialog ? 'Ctrl-C quits' : 'q quits';
  const words = [`${cols}×${rows} is too small`, `at least ${SMALLEST.cols}×${SMALLEST.rows}`, quits];
  const top = Math.max(0, Math.floor((rows - words.length) / 2));
  const lines = Array.from({ length: rows }, (_, row) => {
    const text = words[row - top] ?? '';
    const indent = Math.max(0, Math.floor((cols - text.length) / 2));
    return fit(
      line(span(' '.repeat(indent)), span(text, row === top ? { bold: true } : { fg: 'quiet' })),
      cols,
    );
  });
  return {
    cols,
    rows,
    rowsOfParts: [{ name: 'notice', width: cols, lines }],
    hits: [],
    mostScroll: 0,
    overlay: null,
    cursor: null,
  };
}

/** What a click on a place does; null for nothing. */
export const targetAt = ({ hits }: Frame, row: number, column: number): Target | null =>
  hits.find((hit) => hit.row === row && hit.from <= column && column < hit.to)?.target ?? null;
