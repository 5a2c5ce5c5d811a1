import { joined } from '../tmux/arguments.ts';
import type { TmuxServer } from '../tmux/server.ts';
import type { Snapshot } from './submit-view.ts';

/** What a pane shows now. */
export const snapshot = async (tmux: TmuxServer, paneId: string): Promise<Snapshot> =>
  snapshotOf(await tmux.run(joined(screenCommands(paneId))));

export const screenCommands = (paneId: string): string[][] => [
  ['display-message', '-p', '-t', paneId, '#{cursor_y}'],
  ['capture-pane', '-p', '-t', paneId],
];

export function snapshotOf(text: string): Snapshot {
  const [cursorRow, ...rows] = text.split('\n');
  return { rows, cursorRow: Number(cursorRow) };
}

/** C-u removes the text of one line, and then the line end before it. */
export const clearingKeys = (lines: number): string[] =>
  Array<string>(2 * Math.min(lines, maxLinesToClear) - 1).fill('C-u');

/** A longer text is shown as a placeholder, which one key removes. */
const maxLinesToClear = 40;
