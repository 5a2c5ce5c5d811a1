import { Remembered } from '../../../lib/text/remembered.ts';
import type { Screen, StyleRun } from '../../screen/screen.ts';

/** One row as rules see it. */
export interface Row {
  /** Index into the screen's rows; -1 for the title. */
  at: number;
  /** As drawn, with no-break spaces replaced by spaces. */
  raw: string;
  /** Without the side borders of a box around it. */
  inner: string;
  blank: boolean;
  runs?: StyleRun[];
  /** Whether the terminal's cursor is in it. */
  hasCursor?: true;
  /** It held nothing but text that AgentPool typed, which is left out. */
  isTyped?: true;
}

// Stripped so that a menu reads the same inside and outside a frame.
const LEFT_BORDER = /^\s*[│┃║▌❙](?: |$)?/;
const RIGHT_BORDERS = '│┃║▐█❙';

/** A row without the borders of a box around it. */
export function innerText(raw: string): string {
  const end = raw.trimEnd();
  const isBordered = RIGHT_BORDERS.includes(end.at(-1) ?? ' ');
  return (isBordered ? end.slice(0, -1).trimEnd() : raw).replace(LEFT_BORDER, '');
}

/**
 * The rows of a screen down to the last one that is not blank. Text that AgentPool typed itself is left out, so that it
 * is never taken for the worker's.
 */
export function readRows(screen: Screen, typed = ''): Row[] {
  const words = squeeze(typed);
  const rows = unwrapped(screen).map(({ text, at, runs }): Row => {
    const raw = text.replaceAll('\u00a0', ' ').trimEnd();
    const inner = innerText(raw);
    const hasCursor = screen.isCursorShown === true && at === screen.cursor.row;
    return {
      at,
      raw,
      inner,
      blank: raw === '',
      ...(runs ? { runs } : {}),
      ...(hasCursor ? { hasCursor } : {}),
    };
  });
  const last = rows.findLastIndex((row) => !row.blank);
  const shown = rows.slice(0, last + 1);
  if (words === '') return shown;
  return shown.map((row) => (isTyped(row, words) ? withoutText(row) : row));
}

/** Keeps the prompt sign without the text: the sign marks the start of a new turn, which overrides what is above it. */
function withoutText(row: Row): Row {
  const sign = TURN_SIGN.exec(row.raw)?.[0];
  if (sign === undefined) return { ...row, raw: '', inner: '', blank: true, isTyped: true };
  const raw = `${sign}…`;
  return { ...row, raw, inner: innerText(raw) };
}

interface Line {
  text: string;
  at: number;
  runs?: StyleRun[];
}

/** Joins the rows that the terminal wrapped, at the position of the first: a word cut in two matches no rule. */
function unwrapped(screen: Screen): Line[] {
  const lines: Line[] = [];
  screen.rows.forEach((row, at) => {
    const above = lines.at(-1);
    if (row.wrapped && above) above.text = `${above.text.padEnd(screen.cols * (at - above.at))}${row.text}`;
    else lines.push({ text: row.text, at, ...(row.runs ? { runs: row.runs } : {}) });
  });
  return lines;
}

const TURN_SIGN = /^\s{0,4}[❯›>┃] +/;
const PROMPT_SIGN = /^\s*[❯›>❭→▌┃│$!#]\s*/;
// Characters. A shorter row is too likely to be the worker's own: "yes" or "2" in our text must not hide its menu.
const MIN_ECHO_LENGTH = 8;

function isTyped(row: Row, words: string): boolean {
  const text = squeezedRow(row.inner.replace(PROMPT_SIGN, ''));
  return text.length >= MIN_ECHO_LENGTH && words.includes(text);
}

export const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Several rules read the same rows, and most rows of a screen are the same on the next one. */
const squeezed = new Remembered<string>(1000);
const squeezedRow = (row: string): string => squeezed.of(row, () => squeeze(row));

/** The text of the rows as one line, and a lookup from an offset to its row. */
export interface Joined {
  text: string;
  rowAt(offset: number): Row | undefined;
}

export function joinRows(rows: Row[]): Joined {
  const starts: { offset: number; row: Row }[] = [];
  let text = '';
  for (const row of rows) {
    const shown = row.blank ? '' : squeezedRow(row.inner);
    if (shown === '') continue;
    if (text !== '') text += ' ';
    starts.push({ offset: text.length, row });
    text += shown;
  }
  return { text, rowAt: (offset) => starts.findLast((start) => start.offset <= offset)?.row };
}
