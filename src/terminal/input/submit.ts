import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lib/time/monotonic.ts';
import { tmuxMessage } from '../tmux/program.ts';
import type { TmuxServer } from '../tmux/server.ts';
import { clearBox, takeBack } from './clear-box.ts';
import { ANY_SCREEN, type InputView } from './input-view.ts';
import { ECHO_MS, plainScreen, plainScreenCommands, plainScreensIn } from './pane-input.ts';
import { pollUntil } from './poll-until.ts';
import {
  isLeftOver,
  isOnScreen,
  isSeen,
  type MessagePattern,
  messagePattern,
  type PlainScreen,
} from './submit-view.ts';
import { hasRead, processesOn, terminalInput } from './tty-input.ts';
import { Typing } from './typing.ts';
import { type Uptake, uptakeOf } from './uptake.ts';

/** How a program accepts a message. */
export interface SubmitStyle {
  /** Keys that submit the contents of the box, by tmux's names. */
  keys: readonly string[];
  /** Shown in the box for a long paste, such as '[Pasted text #1 +3 lines]'. */
  pastedPlaceholder: RegExp | null;
  /** Shown when the message waits for the end of the turn. */
  queued: RegExp | null;
  /** Whether C-u empties the box: an interrupted turn may have left its message there. */
  clearsBox: boolean;
}

export interface Submission {
  /** `delivered`: seen to leave the input and to be taken up. `queued`: the program says that it waits. `unproven`: see `reason`. */
  delivery: 'delivered' | 'queued' | 'unproven';
  reason: string | null;
  /** Whether the submit keys were pressed. */
  submitted: boolean;
  /** The text was not submitted, and was seen to be gone again. */
  takenBack?: boolean;
  /** Length of the text that was sent, in characters. */
  chars: number;
}

const pollMs = 25;
const maxRetries = 2;

export interface SubmitOptions {
  /** Where the program takes text; nothing is known of it by default. */
  view?: InputView;
  /** How long the text may take to appear, in milliseconds; longer for long ones. */
  arrivalMs?: number;
  /** How long the box may take to change after each press of the submit keys, in milliseconds. */
  changeMs?: number;
  /** Keeps account of how far the text has come, in case that this process is killed. */
  typing?: Typing;
  /** What the caller has just seen on the pane, in the call that raised the fence of `typing`. */
  found?: PlainScreen | null;
}

/**
 * Types a text into a pane as one message. The submit keys are pressed only after the text was seen in the input box,
 * and again only while it is still there: on any other screen they could grant what a dialog asks for. A text that was
 * not seen is taken back where that is safe. Throws what tmux throws when the pane is gone.
 */
export async function submit(
  tmux: TmuxServer,
  paneId: string,
  text: string,
  style: SubmitStyle,
  { view = ANY_SCREEN, arrivalMs = 5000, changeMs = 1500, found: seen = null, ...more }: SubmitOptions = {},
): Promise<Submission> {
  const typing = more.typing ?? new Typing(tmux, paneId, randomUUID());
  const message = typeable(text);
  const pattern = messagePattern(message, style);
  const chars = message.length;
  const unproven = (reason: string, submitted = false): Submission => ({
    delivery: 'unproven',
    reason,
    submitted,
    chars,
  });
  const capture = () => plainScreen(tmux, paneId);
  const start = firstLine(message);
  const found = seen ?? (await plainScreen(tmux, paneId, [typing.fence.raise]));
  const hasBox = view.boxOf(found.rows) !== null;
  const isTooLong = longestLineBytes(message) >= maxCookedLineBytes;
  const input = isTooLong || !hasBox ? await terminalInput(tmux, paneId) : null;
  if (isTooLong && input?.byLines) {
    const limit = `its terminal cuts them at ${maxCookedLineBytes} bytes`;
    return unproven(`nothing was sent: the program reads lines, and ${limit}`);
  }
  if (style.clearsBox)
    await clearBox(tmux, paneId, {
      view,
      fence: typing.fence,
      found,
      isLeft: (now) => isLeftOver(pattern, view, now),
    });
  const known = start === message || hasBox;
  const readers = !hasBox && input?.byLines ? new LineReaders(input.path, start) : null;
  const look = plainScreenCommands(paneId);
  const lookAfterKeys = plainScreenCommands(paneId, { afterMs: ECHO_MS });
  const rest = known ? '' : message.slice(start.length);
  const typeFirst = async (): Promise<string> => {
    if (known) return typing.beginAndType(message, { before: look, after: looksAfterTyping(paneId) });
    await typing.begin([start, rest]);
    return typing.type(look);
  };
  const [before = found, ...typed] = plainScreensIn(await typeFirst());
  const isTakenBack = async (typed: string, like: MessagePattern): Promise<boolean> => {
    if (!(await takeBack(tmux, paneId, typed, style))) return false;
    // A program may show it elsewhere than in a box, and keep it.
    return (await pollUntil(changeMs, capture, (now) => !isOnScreen(like, before, now))).done;
  };
  const notSeen = (dialog: string | null, takenBack: boolean): Submission => ({
    ...unproven(whyNotSeen(dialog, takenBack)),
    takenBack,
  });
  if (!known) {
    const begun = messagePattern(start, style);
    const { done, now } = await pollUntil(arrivalMs, capture, (now) => isSeen(begun, view, before, now));
    if (!done) return notSeen(view.dialogOn(now.rows, start), await isTakenBack(start, begun));
    await typing.type([]);
  }
  const isThere = (now: PlainScreen) => isSeen(pattern, view, before, now);
  const arrived = async (): Promise<PlainScreen> => {
    const { done, now } = await pollUntil(arrivalMs + message.length / 100, capture, isThere);
    return done ? settledSnapshot(now, capture, changeMs) : now;
  };
  const shown = settledAlready(typed);
  const current = shown && isThere(shown) ? shown : await arrived();
  if (!isThere(current)) {
    const dialog = view.dialogOn(current.rows, message);
    return notSeen(dialog, await isTakenBack(message, pattern));
  }
  const stages = { empty: before, full: current };
  let latest = current;
  let uptake: Uptake = 'held';
  for (let press = 0; press <= maxRetries && uptake === 'held' && isThere(latest); press++) {
    let first: PlainScreen | undefined;
    if (press === 0) [first] = plainScreensIn(await typing.enter(style.keys, lookAfterKeys));
    else await tmux.sendKeys(paneId, style.keys);
    const look = async () => {
      const seenWithKeys = first;
      first = undefined;
      const now =
        seenWithKeys ??
        (await capture().catch((error) => {
          // A program that a message ends, such as `/exit`, is gone with its pane.
          if (noPane.test(tmuxMessage(error))) return null;
          throw error;
        }));
      if (now === null) return { now: latest, uptake: 'taken' as const };
      return { now, uptake: readers?.uptake() ?? uptakeOf(pattern, view, stages, now) };
    };
    const isQueued = (now: PlainScreen) => pattern.isQueued(current, now);
    const left = await pollUntil(changeMs, look, (seen) => isQueued(seen.now) || seen.uptake !== 'held');
    ({ now: latest, uptake } = left.now);
    if (uptake === 'left') {
      const taken = await pollUntil(
        // An agent that is not known by its box may react by nothing at all; one with a box always shows the message.
        (hasBox ? 8 : 2) * changeMs,
        look,
        (seen) => isQueued(seen.now) || seen.uptake === 'taken',
      );
      ({ now: latest, uptake } = taken.now);
    }
    // Looks once more: the box may be drawn before the notice.
    if (
      isQueued(latest) ||
      (uptake !== 'held' && style.queued && isQueued(await capture().catch(() => latest)))
    )
      return { delivery: 'queued', reason: null, submitted: true, chars };
    if (uptake === 'taken') return { delivery: 'delivered', reason: null, submitted: true, chars };
  }
  if (readers) return unproven(UNREAD, true);
  return unproven(WHY_UNPROVEN[uptake === 'left' && !hasBox ? 'silent' : uptake], true);
}

const WHY_UNPROVEN: Record<'held' | 'left' | 'silent', string> = {
  held: 'the text is still in the box after the submit keys were pressed',
  left: 'the text has left the box, but the program shows no reaction to it',
  silent:
    'the submit keys were pressed, but the program shows no reaction: it may keep the text in its input',
};
const UNREAD = 'the program has not read it yet: its terminal keeps it until it does';

/** The programs on a terminal that edits lines and echoes them: only what they read shows that one took a text. */
class LineReaders {
  readonly #path: string;
  readonly #bytes: number;
  readonly #before;

  /** Made before the text, which begins with `line`, is typed. */
  constructor(path: string, line: string) {
    this.#path = path;
    this.#bytes = Buffer.byteLength(line) + 1;
    this.#before = processesOn(path);
  }

  /** Null where the system does not show it. */
  uptake(): Uptake | null {
    const read = hasRead(this.#before, processesOn(this.#path), this.#bytes);
    return read === null ? null : read ? 'taken' : 'left';
  }
}

const noPane =
  /no server running|error connecting to|server exited|lost server|can't find (?:session|pane|window)/;

/**
 * The text up to its first line end. Where no box is known, it must be seen before the rest follows: to a program
 * without bracketed paste a line end is Enter.
 */
const firstLine = (message: string): string => /^\s*[^\n]*/.exec(message)?.[0] ?? message;

const whyNotSeen = (dialog: string | null, isBack: boolean): string =>
  [
    'the text was typed, but was not seen in the input box, so it was not submitted',
    ...(dialog ? [`the screen shows a dialog (${dialog.slice(0, 120)})`] : []),
    isBack ? 'it was taken back' : 'what the program kept of it is left there',
  ].join('; ');

/**
 * Submits the text of a tmux buffer and deletes the buffer. A program that still starts may drop what is typed: a text
 * that was not submitted, and was taken back, is typed once more; if it was taken back again, the buffer is kept.
 * Throws TMUX_FAILED when there is no such buffer.
 */
export async function submitBuffer(
  tmux: TmuxServer,
  paneId: string,
  buffer: string,
  style: SubmitStyle,
  options: SubmitOptions = {},
): Promise<Submission> {
  const text = await tmux.run(['show-buffer', '-b', buffer]);
  let submission = await submit(tmux, paneId, text, style, options);
  if (submission.takenBack) {
    await options.typing?.forget();
    submission = await submit(tmux, paneId, text, style, options);
  }
  if (!submission.takenBack) await tmux.deleteBuffer(buffer);
  return submission;
}

/**
 * What can be typed: line ends as LF, tabs, no other control characters. An escape sequence in the text could end the
 * paste early, and the rest would be typed as keys.
 */
export const typeable = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');

/**
 * The longest line, in bytes, that a terminal passes to a program that leaves line editing to it; it drops the rest.
 */
const maxCookedLineBytes = process.platform === 'linux' ? 4095 : 1024;

const longestLineBytes = (text: string): number =>
  text.split('\n').reduce((longest, line) => Math.max(longest, Buffer.byteLength(line)), 0);

/** Two looks within the call that types, the second as long after the first as one that settles: most programs are ready. */
const looksAfterTyping = (paneId: string): string[][] => [
  ...plainScreenCommands(paneId, { afterMs: ECHO_MS }),
  ...plainScreenCommands(paneId, { afterMs: pollMs }),
];

/** What two looks have shown, if it was the same. */
const settledAlready = ([first, second]: readonly PlainScreen[]): PlainScreen | null =>
  first && second && isSame(first, second) ? second : null;

const isSame = (one: PlainScreen, other: PlainScreen): boolean =>
  one.cursorRow === other.cursorRow && one.rows.join('\n') === other.rows.join('\n');

/** Waits until the program has drawn the paste: some take keys that arrive during it as part of it. */
async function settledSnapshot(
  first: PlainScreen,
  capture: () => Promise<PlainScreen>,
  ms: number,
): Promise<PlainScreen> {
  const deadline = monotonic() + ms;
  for (let last = first; ; ) {
    await sleep(pollMs);
    const now = await capture();
    if (isSame(last, now) || monotonic() > deadline) return now;
    last = now;
  }
}
