import { joined } from '../tmux/arguments.ts';
import { pressing, type TmuxServer } from '../tmux/server.ts';
import type { Fence } from './fence.ts';
import type { InputView } from './input-view.ts';
import { clearingKeys, plainScreen } from './pane-input.ts';
import { pollUntil } from './poll-until.ts';
import type { PlainScreen } from './submit-view.ts';
import { readsLines } from './tty-input.ts';

/** Empties the box with C-u. Waits for that only where the same text is in it, which would pass for the new one. */
export async function clearBox(
  tmux: TmuxServer,
  paneId: string,
  {
    view,
    fence,
    found,
    isLeft,
  }: { view: InputView; fence: Fence; found: PlainScreen; isLeft: (now: PlainScreen) => boolean },
): Promise<void> {
  const keys = clearingKeys(draftRows(view, found));
  await fence.through(tmux, () => tmux.run(joined([fence.guard(pressing(paneId, keys))])));
  if (isLeft(found))
    await pollUntil(
      clearMs,
      () => plainScreen(tmux, paneId),
      (now) => !isLeft(now),
    );
}

/** How many rows of text the input box holds; 1 where no box is known. */
function draftRows(view: InputView, { rows }: PlainScreen): number {
  const box = view.boxOf(rows);
  const inside = box ? rows.slice(box.first, box.last + 1) : [];
  return Math.max(1, inside.filter((row) => /[\p{L}\p{N}]/u.test(row)).length);
}

/** How long a box may take to be drawn empty, in milliseconds. */
const clearMs = 1000;

/**
 * Takes a text that was typed back with C-u, which confirms nothing: in the box of an agent, and in the line of a
 * program that leaves editing to its terminal. False where the key may mean something else.
 */
export async function takeBack(
  tmux: TmuxServer,
  paneId: string,
  message: string,
  { clearsBox }: { clearsBox: boolean },
): Promise<boolean> {
  if (!clearsBox && !(await readsLines(tmux, paneId))) return false;
  await tmux.sendKeys(paneId, clearingKeys(message.split('\n').length));
  return true;
}
