import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runShort } from '../../lib/process/start.ts';
import type { Tmux } from '../tmux/tmux.ts';
import { seenWithin } from './seen-within.ts';
import { inBox, isThere, type Snapshot, sightOf } from './submit-view.ts';

/** How a program takes a message. */
export interface SubmitStyle {
  /** Submit what stands in the box, by tmux's names. */
  keys: readonly string[];
  /** Stands in the box for a long paste, such as '[Pasted text #1 +3 lines]'. */
  pastedPlaceholder: RegExp | null;
  /** Says that the message waits for the end of the turn. */
  queued: RegExp | null;
  /** Whether C-u empties the box: an interrupted turn may have left its message there. */
  clearsBox: boolean;
}

export interface Submission {
  /** 'delivered': seen to leave the box. 'queued': the program says that it waits. 'unproven': see `reason`. */
  delivery: 'delivered' | 'queued' | 'unproven';
  reason: string | null;
  /** Characters of the text that was sent. */
  chars: number;
}

const pollMs = 25;
const retries = 2;

export interface Timeouts {
  /** For a text to appear; longer for long ones. */
  arrivalMs?: number;
  /** For the box to change after each press of the submit keys. */
  verdictMs?: number;
}

/**
 * Types a text into a pane as one message. Only the submit keys are ever repeated, and only while the text is still seen
 * in the box: on anything else they could answer a question. Throws what tmux throws when the pane is gone.
 */
export async function submit(
  tmux: Tmux,
  paneId: string,
  text: string,
  style: SubmitStyle,
  { arrivalMs = 5000, verdictMs = 1500 }: Timeouts = {},
): Promise<Submission> {
  const message = typeable(text);
  const sight = sightOf(message, style);
  const chars = message.length;
  const look = () => snapshot(tmux, paneId);
  if (longestLine(message) >= longestCookedLine && (await readsLines(tmux, paneId))) {
    const reason = `nothing was sent: the program reads lines, and its terminal cuts them at ${longestCookedLine} bytes`;
    return { delivery: 'unproven', reason, chars };
  }
  if (style.clearsBox) await tmux.sendKeys(paneId, ['C-u']);
  const before = await look();
  await paste(tmux, paneId, message);
  const timeouts = arrivalMs + message.length / 100;
  const arrived = await seenWithin(timeouts, look, (now) => isThere(sight, before, now));
  const current = await still(look, verdictMs);
  const wasInBox = arrived && inBox(sight, current, current);
  for (let press = 0; press <= (wasInBox ? retries : 0); press++) {
    await tmux.sendKeys(paneId, style.keys);
    const done = await seenWithin(
      verdictMs,
      look,
      (now) => sight.queuedIn(current, now) || !inBox(sight, current, now),
    );
    if (done && sight.queuedIn(current, await look())) return { delivery: 'queued', reason: null, chars };
    if (done && wasInBox) return { delivery: 'delivered', reason: null, chars };
  }
  const reason = arrived
    ? 'the text still stands in the box after its keys were pressed'
    : 'the text was pasted, but was not seen on the screen';
  return { delivery: 'unproven', reason, chars };
}

/** The same with a text that waits in tmux's memory; the buffer is forgotten. Throws when there is no such buffer. */
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
 * paste early, and what follows would be typed as keys.
 */
export const typeable = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');

/** What a terminal takes of one line for a program that leaves the editing to it; the rest it swallows, echo and all. */
const longestCookedLine = process.platform === 'linux' ? 4095 : 1024;

const longestLine = (text: string): number =>
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

/** Types a text into a pane and presses nothing. Throws what tmux throws when the pane is gone. */
export const typeOnly = (tmux: Tmux, paneId: string, text: string): Promise<void> =>
  paste(tmux, paneId, typeable(text));

async function paste(tmux: Tmux, paneId: string, message: string): Promise<void> {
  if (message === '') return;
  const buffer = `submit-${randomUUID()}`;
  await tmux.loadBuffer(buffer, message);
  await tmux.pasteBuffer(paneId, buffer).catch(async (error) => {
    await tmux.deleteBuffer(buffer);
    throw error;
  });
}

async function snapshot(tmux: Tmux, paneId: string): Promise<Snapshot> {
  const facts = ['display-message', '-p', '-t', paneId, '#{cursor_y}'];
  const text = await tmux.run([...facts, ';', 'capture-pane', '-p', '-t', paneId]);
  const [cursorRow, ...rows] = text.split('\n');
  return { rows, cursorRow: Number(cursorRow) };
}

/** Waits until the program has drawn the paste: some take keys that come within it as part of it. */
async function still(look: () => Promise<Snapshot>, ms: number): Promise<Snapshot> {
  const deadline = Date.now() + ms;
  let last = await look();
  for (;;) {
    await sleep(pollMs);
    const now = await look();
    const same = now.cursorRow === last.cursorRow && now.rows.join('\n') === last.rows.join('\n');
    if (same || Date.now() > deadline) return now;
    last = now;
  }
}
