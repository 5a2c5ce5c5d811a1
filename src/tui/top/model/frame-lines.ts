import { fit, type Line, line, span, spread, widthOfLine } from '../text/line.ts';

const FRAME = { fg: 'frame' } as const;

export const title = (words: string): Line => [span(words, { bold: true, fg: 'title' })];

/** The head of a part without a frame: `── WORKERS ───── / filter ──`. */
export function ruled(start: Line, end: Line, width: number): Line {
  const head = line(span(' ── ', FRAME), ...start, ' ');
  const tail = widthOfLine(end) === 0 ? [] : [span(' '), ...end, span(' ')];
  const left = width - widthOfLine(head) - widthOfLine(tail) - 3;
  if (left < 0 && tail.length > 0) return ruled(start, [], width);
  return fit([...head, span('─'.repeat(Math.max(0, left)), FRAME), ...tail, span('──', FRAME)], width);
}

/** The head of a part with a frame: `┌ WORKERS ───── / filter ─┐`. */
export function edge(start: Line, end: Line, width: number, [left, right]: readonly [string, string]): Line {
  const head: Line = [span(`${left} `, FRAME), ...start, span(' ')];
  const tail: Line = widthOfLine(end) === 0 ? [] : [span(' '), ...end, span(' ')];
  const rest = width - widthOfLine(head) - widthOfLine(tail) - 2;
  if (rest >= 0) return [...head, span('─'.repeat(rest), FRAME), ...tail, span(`─${right}`, FRAME)];
  return tail.length > 0 ? edge(start, [], width, [left, right]) : spread(head, [span(right, FRAME)], width);
}

/** Lines between the sides of a frame. */
export const sides = (lines: readonly Line[], width: number): Line[] =>
  lines.map((each) => [span('│', FRAME), ...fit(each, width - 2), span('│', FRAME)]);

export const bottom = (width: number): Line => [span(`└${'─'.repeat(width - 2)}┘`, FRAME)];
