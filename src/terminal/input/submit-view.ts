import type { InputView } from './input-view.ts';

/** A screen as plain rows. */
export interface PlainScreen {
  rows: readonly string[];
  cursorRow: number;
}

/** How to recognise a message on a screen. */
export interface MessagePattern {
  /** The whole message, as it is typed. */
  message: string;
  /** Its last characters, as `shown` leaves them. */
  end: string;
  /** What a screen surely shows of a text: without what it may draw around it, break it at, or leave out. */
  shown(text: string): string;
  placeholder: RegExp;
  isQueued(before: PlainScreen, now: PlainScreen): boolean;
}

/** Boxes are drawn around and between the rows of a text, and break it at any blank. */
const DRAWN = /[\s│┃║▏▕|█]/g;
/** For a message of nothing but such characters. */
const BLANKS = /\s/g;
/**
 * Marks above letters, joiners and signs of direction or style: terminals and agents keep, drop and reorder them as they
 * like. tmux cuts an emoji of many code points.
 */
const UNSURE = /\p{M}|\p{Cf}|\p{Emoji_Modifier}/gu;
const EMOJI = /[\p{Extended_Pictographic}\u{1f1e6}-\u{1f1ff}]/gu;
/** An emoji with all that is joined to it. */
const EMOJI_SEQUENCE =
  /(\p{Extended_Pictographic}|[\u{1f1e6}-\u{1f1ff}]{2})(?:\p{Emoji_Modifier}|\ufe0f|[\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic}?)*/gu;

const letters = (text: string): string => text.normalize('NFD').replace(UNSURE, '');
const signs = (drawn: RegExp) => (text: string) => letters(text.replace(drawn, ''));
const withoutEmoji = (text: string): string => signs(DRAWN)(text.replace(EMOJI, ''));
/** For a message of nothing but emoji: the first sign of each. */
const firstOfEmoji = (text: string): string => signs(DRAWN)(text.replace(EMOJI_SEQUENCE, '$1'));

/** How to compare a message whose last line is this: by the strongest of what any screen shows of it. */
function comparison(lastLine: string): (text: string) => string {
  if (withoutEmoji(lastLine) !== '') return withoutEmoji;
  return firstOfEmoji(lastLine) === '' ? signs(BLANKS) : firstOfEmoji;
}

/** Shown in place of a long paste, by any agent. */
const ANY_PLACEHOLDER = /\[(?:Pasted|Paste #)[^\]\n]{0,60}\]/i;

/** How to recognise a message on the screen: by its end, or by the placeholder that the agent shows for it. */
export function messagePattern(
  message: string,
  { pastedPlaceholder, queued }: { pastedPlaceholder: RegExp | null; queued: RegExp | null },
): MessagePattern {
  const lastLine = message.trimEnd().split('\n').at(-1) ?? '';
  const shown = comparison(lastLine);
  return {
    message,
    end: ending(shown(lastLine)),
    shown,
    placeholder: pastedPlaceholder ?? ANY_PLACEHOLDER,
    isQueued: (before, now) => queued !== null && matches(now.rows, queued) > matches(before.rows, queued),
  };
}

/** The last characters of a text, each of them whole. */
const ending = (text: string): string => [...text.slice(-60)].slice(-24).join('');

/**
 * Whether the message, or its placeholder, appeared in the input box since `before`. Where no box is known, anywhere on
 * a screen without a dialog.
 */
export function isSeen(
  pattern: MessagePattern,
  view: InputView,
  before: PlainScreen,
  now: PlainScreen,
): boolean {
  const box = view.boxOf(now.rows);
  const boxBefore = view.boxOf(before.rows);
  if (!box) {
    // A long message may outgrow what the rules know of the box; a short one on a screen that no rule knows is elsewhere.
    const isLong = pattern.message.includes('\n') || pattern.message.length > LONG;
    const outgrew = boxBefore !== null && isLong && aLineBeginsARow(pattern, now.rows);
    if (!outgrew && view.isUnknown(now.rows, pattern.message)) return false;
    const isNew = isNewIn(pattern, before.rows, now.rows) || beganAtCursor(pattern, view, before, now);
    return isNew && view.dialogOn(now.rows, pattern.message) === null;
  }
  const [then, shown] = [boxBefore ? rowsOf(boxBefore, before) : [], rowsOf(box, now)];
  // In a menu with a row that echoes what is typed, the text follows a label, or breaks at any place.
  if (!box.framed && !hasPlaceholder(pattern, now.rows) && !aLineBeginsARow(pattern, shown)) return false;
  if (!pattern.message.includes('\n')) return isNewIn(pattern, then, shown);
  // A blank line of the message may end the box for the rules: then only some of its lines are inside.
  const below = boxBefore ? before.rows.slice(boxBefore.first) : [];
  return isNewIn(pattern, below, now.rows.slice(box.first)) && someLineIsNewIn(pattern, then, shown);
}

/** Whether the message is right before the cursor now: a screen full of the same text scrolls off as much as appears. */
const beganAtCursor = (
  pattern: MessagePattern,
  view: InputView,
  before: PlainScreen,
  now: PlainScreen,
): boolean => isUnsubmitted(pattern, view, now) && !isUnsubmitted(pattern, view, before);

/** Whether a line of the message begins a row, behind nothing but the signs of a box: elsewhere words of a label do. */
function aLineBeginsARow({ message }: MessagePattern, rows: readonly string[]): boolean {
  const words = (text: string) => text.replace(/^[^\p{L}\p{N}]+/u, '').trimEnd();
  const lines = message.split('\n').map(words).filter(Boolean);
  // A message of signs alone has no words to begin with.
  if (lines.length === 0) return true;
  const begins = rows.map(words);
  return lines.some((line) =>
    begins.some((row) => {
      const start = line.slice(0, BEGINNING);
      return (
        row.startsWith(start) &&
        (start.length === BEGINNING || !/^[\p{L}\p{N}]/u.test(row.slice(start.length)))
      );
    }),
  );
}

/** Characters of a line that distinguish its beginning from any other row. */
const BEGINNING = 12;

export const hasPlaceholder = ({ placeholder }: MessagePattern, rows: readonly string[]): boolean =>
  matches(rows, placeholder) > 0;

/** Characters that fill several rows of any screen. */
const LONG = 400;

type Box = NonNullable<ReturnType<InputView['boxOf']>>;

const rowsOf = ({ first, last }: Box, { rows }: PlainScreen): readonly string[] =>
  rows.slice(first, last + 1);

const someLineIsNewIn = (
  pattern: MessagePattern,
  before: readonly string[],
  now: readonly string[],
): boolean =>
  pattern.message.split('\n').some((line) => {
    const end = ending(pattern.shown(line));
    return isNewIn({ ...pattern, end }, before, now);
  });

function isNewIn(pattern: MessagePattern, before: readonly string[], now: readonly string[]): boolean {
  const { end, placeholder } = pattern;
  if (matches(now, placeholder) > matches(before, placeholder)) return true;
  return end !== '' && occurrences(pattern, now) > occurrences(pattern, before);
}

/** Whether the message, or its placeholder, appeared anywhere since `before`. */
export const isOnScreen = (pattern: MessagePattern, before: PlainScreen, now: PlainScreen): boolean =>
  isNewIn(pattern, before.rows, now.rows);

/** Whether the input box shows the message although it was not typed yet: a turn that was interrupted left it there. */
export function isLeftOver(pattern: MessagePattern, view: InputView, now: PlainScreen): boolean {
  const box = view.boxOf(now.rows);
  return box !== null && isNewIn(pattern, [], rowsOf(box, now));
}

/**
 * Whether what was typed of a message is still unsubmitted: in the box, or, where no box is known, right before the
 * cursor.
 */
export function isUnsubmitted(pattern: MessagePattern, view: InputView, now: PlainScreen): boolean {
  if (view.boxOf(now.rows) !== null) return isLeftOver(pattern, view, now);
  const bare = (rows: readonly string[]) => pattern.shown(rows.join(''));
  const line = now.rows[now.cursorRow] ?? '';
  if (bare([line]) === '') return false;
  if (count(line, pattern.placeholder) > 0) return true;
  const before = bare(now.rows.slice(Math.max(0, now.cursorRow - 3), now.cursorRow + 1));
  const end = wholeEnd(pattern);
  return end !== '' && before.endsWith(end);
}

/** Whether the message is in one of the lowest rows, where a program that nothing is known of has its input box. */
export function isLow(pattern: MessagePattern, view: InputView, now: PlainScreen): boolean {
  if (view.boxOf(now.rows) !== null) return false;
  const height = heightOf({ ...pattern, end: wholeEnd(pattern) }, now);
  return height !== null && height <= LOW_ROWS;
}

/** The last characters of a message, over its line ends: the last line alone may also end an earlier message. */
const wholeEnd = ({ message, shown }: MessagePattern): string => ending(shown(message.slice(-WHOLE_END)));

/** Characters that are enough for the end of a message, whatever of them no screen shows. */
const WHOLE_END = 2000;

/** Rows that a box, its frame and a footer have below the end of a text. */
const LOW_ROWS = 4;

/** Whether the box holds text that is not of the message: a person has typed there. */
export function isMixed(
  { message, placeholder }: MessagePattern,
  view: InputView,
  now: PlainScreen,
): boolean {
  const box = view.boxOf(now.rows);
  if (box === null) return false;
  const words = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
  const typed = words(message);
  return rowsOf(box, now).some((row) => {
    const shown = words(row.replace(new RegExp(placeholder.source, `${placeholder.flags}g`), ''));
    // Rows of hints share nothing with the message; rows of the message are part of it.
    return !typed.includes(shown) && sharesAnEnd(shown, typed);
  });
}

/** Whether a row holds the beginning or the end of a text besides other words. */
const sharesAnEnd = (row: string, text: string): boolean =>
  text !== '' && (row.includes(text.slice(0, BEGINNING)) || row.includes(text.slice(-BEGINNING)));

/**
 * Whether the message is still where it was before the submit keys. A submitted one leaves the box, or moves up: into
 * the conversation above it, or because the cursor went to the next line.
 */
export function isInBox(pattern: MessagePattern, before: PlainScreen, now: PlainScreen): boolean {
  const heightBefore = heightOf(pattern, before);
  const heightNow = heightOf(pattern, now);
  return heightBefore !== null && heightNow !== null && heightNow <= heightBefore;
}

/** Rows between the bottom and the lowest row in which the message ends. */
function heightOf(
  { end, shown, placeholder }: MessagePattern,
  { rows, cursorRow }: PlainScreen,
): number | null {
  const times = (part: readonly string[]) => shown(part.join('')).split(end).length;
  const bottom = Math.max(
    cursorRow,
    rows.findLastIndex((row) => row.trim() !== ''),
  );
  for (let row = rows.length - 1; row >= 0; row--) {
    if (count(rows[row] ?? '', placeholder) > 0) return bottom - row;
    // The end may itself be wrapped over rows, and an equal text may be right above it.
    const start = Math.max(0, row - 3);
    if (end !== '' && times(rows.slice(start, row + 1)) > times(rows.slice(start, row))) return bottom - row;
  }
  return null;
}

/** Whether a screen shows what the pattern describes. */
export const isShown = ({ rows }: PlainScreen, pattern: RegExp | null): boolean =>
  pattern !== null && matches(rows, pattern) > 0;

const matches = (rows: readonly string[], pattern: RegExp): number => count(rows.join('\n'), pattern);

const count = (text: string, pattern: RegExp): number =>
  [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].length;

/** How often rows show the end of a message. */
export const occurrences = ({ end, shown }: MessagePattern, rows: readonly string[]): number =>
  shown(rows.join('')).split(end).length - 1;
