import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runShort } from '../../lib/process/start.ts';
import { joined, type Tmux } from '../tmux/tmux.ts';
import { pollUntil } from './poll-until.ts';
import { isInBox, isShown, messagePattern, type Snapshot } from './submit-view.ts';

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
  /** `delivered`: seen to leave the box. `queued`: the program says that it waits. `unproven`: see `reason`. */
  delivery: 'delivered' | 'queued' | 'unproven';
  reason: string | null;
  /** Length of the text that was sent, in characters. */
  chars: number;
}

const pollMs = 25;
const maxRetries = 2;

export interface Timeouts {
  /** How long the text may take to appear; longer for long ones. */
  arrivalMs?: number;
  /** How long the box may take to change after each press of the submit keys. */
  changeMs?: number;
}

/**
 * Types a text into a pane as one message. Only the submit keys are ever repeated, and only while the text is still
 * seen in the box: on any other screen they could answer a question. Throws what tmux throws when the pane is gone.
 */
export async function submit(
  tmux: Tmux,
  paneId: string,
  text: string,
  style: SubmitStyle,
  { arrivalMs = 5000, changeMs = 1500 }: Timeouts = {},
): Promise<Submission> {
  const message = typeable(text);
  const pattern = messagePattern(message, style);
  const chars = message.length;
  const capture = () => snapshot(tmux, paneId);
  if (longestLineBytes(message) >= maxCookedLineBytes && (await readsLines(tmux, paneId))) {
    const reason = `nothing was sent: the program reads lines, and its terminal cuts them at ${maxCookedLineBytes} bytes`;
    return { delivery: 'unproven', reason, chars };
  }
  if (style.clearsBox) await tmux.sendKeys(paneId, ['C-u']);
  const before = await pasted(tmux, paneId, message);
  const { done: arrived, now } = await pollUntil(arrivalMs + message.length / 100, capture, (shown) =>
    isShown(pattern, before, shown),
  );
  const current = await settledSnapshot(now, capture, changeMs);
  const wasInBox = arrived && isInBox(pattern, current, current);
  for (let press = 0; press <= (wasInBox ? maxRetries : 0); press++) {
    await tmux.sendKeys(paneId, style.keys);
    const { done } = await pollUntil(
      changeMs,
      capture,
      (now) => pattern.isQueued(current, now) || !isInBox(pattern, current, now),
    );
    // Looks once more: the box may be drawn before the notice.
    if (done && style.queued && pattern.isQueued(current, await capture()))
      return { delivery: 'queued', reason: null, chars };
    if (done && wasInBox) return { delivery: 'delivered', reason: null, chars };
  }
  const reason = arrived
    ? 'the text is still in the box after the submit keys were pressed'
    : 'the text was pasted, but was not seen on the screen';
  return { delivery: 'unproven', reason, chars };
}

/** Submits the text of a tmux buffer and deletes the buffer. Throws TMUX_FAILED when there is no such buffer. */
export async function submitBuffer(
  tmux: Tmux,
  paneId: string,
  buffer: string,
  style: SubmitStyle,
  timeouts: Timeouts = {},
): Promise<Submission> {
  const text = await tmux.run(['show-buffer', '-b', buffer]);
  const submission = await submit(tmux, paneId, text, style, timeouts);
  await tmux.deleteBuffer(buffer);
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

async function readsLines(tmux: Tmux, paneId: string): Promise<boolean> {
  const path = (await tmux.run(['display-message', '-p', '-t', paneId, '#{pane_tty}'])).trim();
  const terminal = openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
  try {
    const { stdout } = await runShort('stty', ['-a'], { env: tmux.environment, stdin: terminal });
    return /(?<!-)\bicanon\b/.test(stdout.toString());
  } finally {
    closeSync(terminal);
  }
}

/** Types a text into a pane and presses no key. Throws what tmux throws when the pane is gone. */
export async function typeOnly(tmux: Tmux, paneId: string, text: string): Promise<void> {
  await tmux.paste(paneId, typeable(text));
}

/** Types a text into a pane; returns the screen right before it. */
async function pasted(tmux: Tmux, paneId: string, message: string): Promise<Snapshot> {
  return snapshotOf(await tmux.paste(paneId, message, screenCommands(paneId)));
}

const snapshot = async (tmux: Tmux, paneId: string): Promise<Snapshot> =>
  snapshotOf(await tmux.run(joined(screenCommands(paneId))));

const screenCommands = (paneId: string): string[][] => [
  ['display-message', '-p', '-t', paneId, '#{cursor_y}'],
  ['capture-pane', '-p', '-t', paneId],
];

function snapshotOf(text: string): Snapshot {
  const [cursorRow, ...rows] = text.split('\n');
  return { rows, cursorRow: Number(cursorRow) };
}

/** Waits until the program has drawn the paste: some take keys that arrive during it as part of it. */
async function settledSnapshot(
  first: Snapshot,
  capture: () => Promise<Snapshot>,
  ms: number,
): Promise<Snapshot> {
  const deadline = Date.now() + ms;
  for (let last = first; ; ) {
    await sleep(pollMs);
    const now = await capture();
    const same = now.cursorRow === last.cursorRow && now.rows.join('\n') === last.rows.join('\n');
    if (same || Date.now() > deadline) return now;
    last = now;
  }
}
