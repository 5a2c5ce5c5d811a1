import type { Screen, StyleRun } from '../screen/screen.ts';

/** One row as the rules read it. */
export interface Row {
  /** Index into the screen's rows; -1 for the title. */
  at: number;
  /** As drawn, no-break spaces made plain. */
  raw: string;
  /** Without the side borders of a box around it. */
  inner: string;
  blank: boolean;
  runs?: StyleRun[];
}

// A row's borders are the box's business, not the words': a menu reads the same inside and outside a frame.
const LEFT_BORDER = /^\s*[│┃║▌❙](?: |$)?/;
const RIGHT_BORDER = /\s*[│┃║▐█❙]\s*$/;

/** A row without the borders of a box around it. */
export function innerText(raw: string): string {
  return raw.replace(RIGHT_BORDER, '').replace(LEFT_BORDER, '');
}

/**
 * The rows of a screen down to the last one that holds anything: judged from the bottom, so trailing blank rows say nothing.
 * Text that we typed ourselves is left out; a worker is never judged by our own words.
 */
export function readRows(screen: Screen, typed = ''): Row[] {
  const words = squeeze(typed);
  const rows = unwrapped(screen).map(({ text, at, runs }): Row => {
    const raw = text.replaceAll('\u00a0', ' ').trimEnd();
    const inner = innerText(raw);
    return { at, raw, inner, blank: raw === '', ...(runs ? { runs } : {}) };
  });
  const last = rows.findLastIndex((row) => !row.blank);
  const shown = rows.slice(0, last + 1);
  if (words === '') return shown;
  return shown.map((row) => (isTyped(row, words) ? withoutWords(row) : row));
}

/** The sign stays, without the words: it says that a new turn begins here, which takes back what stands above it. */
function withoutWords(row: Row): Row {
  const sign = TURN_SIGN.exec(row.raw)?.[0];
  const raw = sign === undefined ? '' : `${sign}…`;
  return { ...row, raw, inner: innerText(raw), blank: raw === '' };
}

interface Line {
  text: string;
  at: number;
  runs?: StyleRun[];
}

/** Rows that the terminal broke are one line again, at the place of the first: a word cut in two fits no rule. */
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
// Shorter rows are too likely to be the worker's own: a lone "yes" or "2" in our text must not blind us to its menu.
const SHORTEST_ECHO = 8;

function isTyped(row: Row, words: string): boolean {
  const text = squeeze(row.inner.replace(PROMPT_SIGN, ''));
  return text.length >= SHORTEST_ECHO && words.includes(text);
}

export const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The rows' words as one line, and the way back from an offset to its row. */
export interface Joined {
  text: string;
  rowAt(offset: number): Row | undefined;
}

export function joinRows(rows: Row[]): Joined {
  const starts: { offset: number; row: Row }[] = [];
  let text = '';
  for (const row of rows) {
    const words = squeeze(row.inner);
    if (words === '') continue;
    if (text !== '') text += ' ';
    starts.push({ offset: text.length, row });
    text += words;
  }
  return { text, rowAt: (offset) => starts.findLast((start) => start.offset <= offset)?.row };
}
