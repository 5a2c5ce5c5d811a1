import { joined } from '../tmux/arguments.ts';
import type { TmuxServer } from '../tmux/server.ts';
import type { Snapshot } from './submit-view.ts';

/** What a pane shows now. */
export async function snapshot(tmux: TmuxServer, paneId: string): Promise<Snapshot> {
  const [now] = snapshotsOf(await tmux.run(joined(screenCommands(paneId))));
  return now ?? { rows: [], cursorRow: 0 };
}

/** `afterMs`: tmux waits so long before it looks, which saves the process of another call. */
export const screenCommands = (paneId: string, { afterMs = 0 } = {}): string[][] => [
  ...(afterMs > 0 ? [['run-shell', '-d', String(afterMs / 1000)]] : []),
  ['display-message', '-p', '-t', paneId, '#{cursor_y} #{pane_height}'],
  ['capture-pane', '-p', '-t', paneId],
];

/** What `screenCommands` have printed, each time that they were in the call. */
export function snapshotsOf(text: string): Snapshot[] {
  const lines = text.split('\n');
  const found: Snapshot[] = [];
  for (let at = 0; at < lines.length - 1; ) {
    const [cursorRow = 0, height = 0] = (lines[at] ?? '').split(' ').map(Number);
    found.push({ rows: lines.slice(at + 1, at + 1 + height), cursorRow });
    at += 1 + height;
  }
  return found;
}

/** C-u removes the text of one line, and then the line end before it. */
export const clearingKeys = (lines: number): string[] =>
  Array<string>(2 * Math.min(lines, maxLinesToClear) - 1).fill('C-u');

/** A longer text is shown as a placeholder, which one key removes. */
const maxLinesToClear = 40;
