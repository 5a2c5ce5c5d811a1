import type { InputView } from './input-view.ts';
import {
  hasPlaceholder,
  isInBox,
  isUnsubmitted,
  type MessagePattern,
  occurrences,
  type PlainScreen,
} from './submit-view.ts';

/**
 * What the screen shows of a message whose submit keys were pressed: it is still in the input, it has left it, or it has
 * left it and the program shows something new.
 */
export type Uptake = 'held' | 'left' | 'taken';

/** The screen before the message was typed, and with the message in its input. */
export interface Stages {
  empty: PlainScreen;
  full: PlainScreen;
}

/**
 * Reads from a screen whether a message was taken up. A text that only moved, or was changed in its place, is still
 * in the input: a key that makes a new line, or takes the first entry of a list, submits nothing.
 */
export function uptakeOf(pattern: MessagePattern, view: InputView, stages: Stages, now: PlainScreen): Uptake {
  const box = view.boxOf(now.rows);
  if (box ? isHeld(pattern, view, stages.empty, now) : isInBox(pattern, stages.full, now)) return 'held';
  const isKnown = box !== null && view.boxOf(stages.full.rows) !== null;
  const seen = isKnown ? aboveBox : allRows;
  const rows = seen(view, now);
  return hasNewRow(seen(view, stages.full), rows) || isEchoed(pattern, isKnown, stages.full, rows)
    ? 'taken'
    : 'left';
}

/**
 * Whether the conversation shows the message: where the same was said before, no row of it may be new. Without a known
 * box, the copy in the input has to be gone.
 */
function isEchoed(
  pattern: MessagePattern,
  isKnown: boolean,
  full: PlainScreen,
  rows: readonly string[],
): boolean {
  const left = occurrences(pattern, rows);
  return pattern.end !== '' && left > 0 && (isKnown || left < occurrences(pattern, full.rows));
}

/** Whether the box holds some of the message. What it showed while it was empty, such as a hint, is none of it. */
function isHeld(pattern: MessagePattern, view: InputView, empty: PlainScreen, now: PlainScreen): boolean {
  const rows = boxRows(view, now);
  const hints = new Set(boxRows(view, empty).map(wordsOf));
  const typed = wordsOf(pattern.message);
  // A message of signs alone has no words to compare.
  if (typed === '') return isUnsubmitted(pattern, view, now) && !isUnsubmitted(pattern, view, empty);
  if (hasPlaceholder(pattern, rows) && !hasPlaceholder(pattern, boxRows(view, empty))) return true;
  return rows
    .map(wordsOf)
    .filter((row) => row !== '' && !hints.has(row))
    .some((row) => isOf(row, typed));
}

/** Letters by which a row is recognised as part of a text. */
const ENOUGH = 12;

/** Whether a row holds the text, a line of it, or its beginning with something else behind. */
const isOf = (row: string, typed: string): boolean =>
  row.startsWith(typed.slice(0, ENOUGH)) ||
  typed.startsWith(row) ||
  (row.length >= ENOUGH && (typed.includes(row) || row.includes(typed.slice(-ENOUGH))));

/** The rows of the box. Without lines around it, rows of a footer may pass for rows of the box. */
function boxRows(view: InputView, { rows }: PlainScreen): readonly string[] {
  const box = view.boxOf(rows);
  return box ? rows.slice(box.first, box.framed ? box.last + 1 : box.first + 1) : [];
}

const wordsOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

const allRows = (_view: InputView, { rows }: PlainScreen): readonly string[] => rows;

/** A status line below the box may change at any time. */
const aboveBox = (view: InputView, { rows }: PlainScreen): readonly string[] =>
  rows.slice(0, view.boxOf(rows)?.first ?? rows.length);

/** What is drawn around text, and the sign of an input. */
const FRAMES = /[\s│┃║▏▕|█─━╭╮╰╯┌┐└┘❯›>]/g;

/** Whether there is a row with words that was not there before, or more often than before. */
function hasNewRow(before: readonly string[], now: readonly string[]): boolean {
  const known = new Map<string, number>();
  for (const row of before) known.set(row.trim(), (known.get(row.trim()) ?? 0) + 1);
  return now.some((row) => {
    const left = known.get(row.trim()) ?? 0;
    known.set(row.trim(), left - 1);
    return left <= 0 && row.replace(FRAMES, '') !== '';
  });
}
