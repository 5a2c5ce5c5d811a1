import { joined } from '../tmux/arguments.ts';
import { tmuxMessage } from '../tmux/program.ts';
import { pressing, type TmuxServer } from '../tmux/server.ts';
import type { PlainScreen } from './submit-view.ts';

/** What a pane shows now. `also`: commands that run in the same step, and print nothing. */
export async function plainScreen(
  tmux: TmuxServer,
  paneId: string,
  also: readonly string[][] = [],
): Promise<PlainScreen> {
  const [now] = plainScreensIn(await tmux.run(joined([...plainScreenCommands(paneId), ...also])));
  return now ?? { rows: [], cursorRow: 0 };
}

/** How long most programs take to show what was typed, or that a key was read, in milliseconds. */
export const ECHO_MS = 10;

/** Lets a call of tmux wait before what it does next, which saves the process of another call. */
export const waiting = (ms: number): string[] => ['run-shell', '-d', String(ms / 1000)];

/** `afterMs`: tmux waits so long before it looks. */
export const plainScreenCommands = (paneId: string, { afterMs = 0 } = {}): string[][] => [
  ...(afterMs > 0 ? [waiting(afterMs)] : []),
  ['display-message', '-p', '-t', paneId, '#{cursor_y} #{pane_height}'],
  ['capture-pane', '-p', '-t', paneId],
];

/** What `plainScreenCommands` have printed, each time that they were in the call. */
export function plainScreensIn(text: string): PlainScreen[] {
  const lines = text.split('\n');
  const found: PlainScreen[] = [];
  for (let at = 0; at < lines.length - 1; ) {
    const [cursorRow = 0, height = 0] = (lines[at] ?? '').split(' ').map(Number);
    found.push({ rows: lines.slice(at + 1, at + 1 + height), cursorRow });
    at += 1 + height;
  }
  return found;
}

/** Printed once keys were pressed. */
const PRESSED = 'the keys were pressed';

/** The commands that press keys, and then run others; `printedAfterKeys` reads what these print. */
export const pressingThen = (
  paneId: string,
  keys: readonly string[],
  then: readonly string[][],
): string[][] => [...pressing(paneId, keys), ['display-message', '-p', PRESSED], ...then];

/**
 * What a call of `pressingThen` prints after the keys; '' if a command after them failed, as where they have ended the
 * program. Throws what the call throws if they were not pressed.
 */
export async function printedAfterKeys(call: Promise<string>): Promise<string> {
  try {
    return (await call).slice(PRESSED.length + 1);
  } catch (error) {
    if (tmuxMessage(error).includes(PRESSED)) return '';
    throw error;
  }
}

/** C-u removes the text of one line, and then the line end before it. */
export const clearingKeys = (lines: number): string[] =>
  Array<string>(2 * Math.min(lines, maxLinesToClear) - 1).fill('C-u');

/** A longer text is shown as a placeholder, which one key removes. */
const maxLinesToClear = 40;
