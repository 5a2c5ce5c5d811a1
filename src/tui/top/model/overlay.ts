import { fit, type Line, span, widthOfLine } from '../text/line.ts';
import type { Space } from '../widgets/widget.ts';
import { edge, sides } from './frame-lines.ts';
import type { State } from './state.ts';

/** A dialog over the frame. */
export interface Overlay {
  row: number;
  column: number;
  lines: Line[];
  /** Its inside, and where that begins. */
  space: Space;
  inside: { row: number; column: number };
}

const FRAME = { fg: 'frame' } as const;

/** A dialog in the middle, as high as it needs. */
export function overlayOf(
  { cols, rows }: State,
  dialog: NonNullable<State['dialog']>,
): { overlay: Overlay; cursor: { row: number; column: number } | null } {
  const width = Math.max(56, Math.min(cols - 8, 88));
  const most = rows - 5;
  const space = { width: width - 4, height: most };
  const view = dialog.view(space);
  const height = Math.min(most, Math.max(1, view.lines.length));
  const column = Math.floor((cols - width) / 2);
  const row = Math.max(1, Math.floor((rows - height - 3) / 2));
  const body = Array.from({ length: height }, (_, at): Line => [span(' '), ...(view.lines[at] ?? [])]);
  const hint: Line = [span(dialog.hint, { fg: 'quiet' })];
  const title: Line = fit(
    [span(dialog.title, { bold: true, fg: 'key' })],
    Math.min(width - 6, widthOfLine([span(dialog.title)])),
  );
  const foot = fit(hint, Math.min(width - 6, widthOfLine(hint)));
  const rest = Math.max(0, width - 6 - widthOfLine(foot));
  const lines = [
    edge(title, [], width, ['╭', '╮']),
    ...sides([...body, []], width),
    [span('╰─ ', FRAME), ...foot, span(` ${'─'.repeat(rest)}─╯`, FRAME)],
  ];
  const inside = { row: row + 1, column: column + 2 };
  const cursor = view.cursor && {
    row: inside.row + view.cursor.row,
    column: inside.column + view.cursor.column,
  };
  return { overlay: { row, column, lines: lines.map((each) => fit(each, width)), space, inside }, cursor };
}
