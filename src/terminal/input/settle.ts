import type { TmuxServer } from '../tmux/server.ts';
import type { InputView } from './input-view.ts';
import { clearingKeys, plainScreen } from './pane-input.ts';
import { pollUntil } from './poll-until.ts';
import type { SubmitStyle } from './submit.ts';
import {
  isLow,
  isMixed,
  isOnScreen,
  isShown,
  isUnsubmitted,
  type MessagePattern,
  messagePattern,
  type PlainScreen,
} from './submit-view.ts';
import { readsLines } from './tty-input.ts';
import { Typing } from './typing.ts';

/** What became of a text whose sender ended before it knew. */
export type Settled =
  /** Nothing of it was typed. */
  | 'not_typed'
  /** The submit keys were pressed, and it has left the input box. */
  | 'submitted'
  /** The same, and the program says that it waits. */
  | 'queued'
  /** It was typed and not submitted; nothing of it is left. */
  | 'taken_back'
  /** It was typed and not submitted, and where it could be now is not seen. */
  | 'not_seen'
  /** It is in the input box and was not submitted. It was not removed: the box holds other text too, or keeps it. */
  | 'left';

/** How long a program may take to show what was typed, or to act on a key, in milliseconds. */
const REACTION_MS = 1500;
const EMPTY: PlainScreen = { rows: [], cursorRow: 0 };
/** More is never removed one character at a time. */
const MOST_CHARACTERS = 4000;
const CHARACTERS_AT_ONCE = 500;
/** How many processes may try to remove the same text. */
const MOST_TRIES = 3;

/**
 * Finds out what became of a text that another process began to type into a pane, and takes back what was not submitted.
 * Never submits anything, and deletes nothing that is not of the text. No other process may type meanwhile. `isField`:
 * it was typed into a field of a dialog, which may be anywhere on the screen.
 * @throws what tmux throws when the pane is gone.
 */
export async function settle(
  tmux: TmuxServer,
  pane: string,
  typing: Typing | null,
  style: SubmitStyle,
  view: InputView,
  { isField = false } = {},
): Promise<Settled> {
  if (typing === null || typing.stage === 0) return 'not_typed';
  const pattern = messagePattern(await typing.typed(), style);
  const capture = () => plainScreen(tmux, pane);
  // Once the keys were pressed, a text further up may be the conversation.
  const mayBeLow = typing.stage !== 'entered';
  const isLeft = (now: PlainScreen) =>
    isField
      ? isOnScreen(pattern, EMPTY, now)
      : isUnsubmitted(pattern, view, now) || (mayBeLow && isLow(pattern, view, now));
  if (typing.stage === 'entered') {
    const { done, now } = await pollUntil(REACTION_MS, capture, (now) => !isLeft(now));
    if (done) return isShown(now, style.queued) ? 'queued' : 'submitted';
  } else if (!(await pollUntil(REACTION_MS, capture, isLeft)).done) {
    const { rows } = await capture();
    if (view.boxOf(rows) !== null || view.dialogOn(rows, pattern.message) !== null) return 'not_seen';
    // A program that shows nothing of it may have kept it all the same.
    if (style.clearsBox || (await readsLines(tmux, pane)))
      await tmux.sendKeys(pane, clearingKeys(pattern.message.split('\n').length));
    return 'not_seen';
  }
  if (typing.round > MOST_TRIES || isMixed(pattern, view, await capture())) return 'left';
  return (await removed(tmux, pane, pattern, isLeft)) ? 'taken_back' : 'left';
}

/** Removes a text that is right before the cursor: with C-u, or, where that means something else, with Backspace. */
async function removed(
  tmux: TmuxServer,
  pane: string,
  { message }: MessagePattern,
  isLeft: (now: PlainScreen) => boolean,
): Promise<boolean> {
  const isGone = async () =>
    (
      await pollUntil(
        REACTION_MS,
        () => plainScreen(tmux, pane),
        (now) => !isLeft(now),
      )
    ).done;
  await tmux.sendKeys(pane, clearingKeys(message.split('\n').length));
  if (await isGone()) return true;
  const characters = [...message].length;
  if (characters > MOST_CHARACTERS) return false;
  for (let left = characters; left > 0; left -= CHARACTERS_AT_ONCE)
    await tmux.sendKeys(pane, Array<string>(Math.min(left, CHARACTERS_AT_ONCE)).fill('BSpace'));
  return isGone();
}

/** Takes a text over from a process that was killed, so that none of its steps follows; null if there is none. */
export async function takeOver(tmux: TmuxServer, pane: string, token: string): Promise<Typing | null> {
  for (let attempt = 1; ; attempt++) {
    const typing = await Typing.find(tmux, pane, token);
    try {
      await typing?.takeOver();
      return typing;
    } catch (error) {
      // A last step of the killed process came between.
      if (attempt >= 4) throw error;
    }
  }
}
