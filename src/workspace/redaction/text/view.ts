import { isRandom } from './values.ts';

/**
 * Terminal rows as one run of text. A TUI cuts a long word at its width and puts a margin (indent, box border) before
 * the rest, so a secret may span rows. `flat` is every row without its margins and without line breaks: a rule matches
 * it as if nothing had been cut, and checks `breaks` wherever a cut matters.
 */
export interface View {
  readonly flat: string;
  /**
   * Per offset of `flat`: 0 inside a row, NEXT_ROW at a row's start, NEW_PARAGRAPH at the start of a row after a blank
   * one.
   */
  readonly breaks: Uint8Array;
  readonly rows: readonly ViewRow[];
  /** The last line is blank: nothing continues in a later row. */
  readonly endsBlank: boolean;
  /** Each row is read alone. */
  readonly alone: boolean;
}

export interface ViewRow {
  /** Where the content starts in `flat`. */
  readonly at: number;
  /** Where the content starts and ends in the original text. */
  readonly start: number;
  readonly end: number;
  /** Index among all lines of the original text, blank ones counted. */
  readonly line: number;
  /** Columns up to the end of the content, the left margin counted. */
  readonly width: number;
}

export const NEXT_ROW = 1;
export const NEW_PARAGRAPH = 2;

/** A border; not `||`, after which code gives the fallback of a credential. */
const LEFT_MARGIN = codesOf(' \t\r\v\f\u00a0│┃║▏▎▍▌▐┆┊╎|>');
const RIGHT_MARGIN = codesOf(' \t\r\v\f\u00a0│┃║▕▐|');

export function viewOf(text: string): View {
  const rows: ViewRow[] = [];
  const contents: string[] = [];
  const paragraphs: number[] = [];
  let at = 0;
  let line = 0;
  let blank = true;
  for (let start = 0; start <= text.length; line++) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    let from = start;
    let to = stop;
    while (from < to && LEFT_MARGIN.has(text.charCodeAt(from)) && !text.startsWith('||', from)) from++;
    while (to > from && RIGHT_MARGIN.has(text.charCodeAt(to - 1)) && !text.startsWith('||', to - 2)) to--;
    if (to > from) {
      rows.push({ at, start: from, end: to, line, width: to - start });
      contents.push(text.slice(from, to));
      if (blank) paragraphs.push(at);
      at += to - from;
    }
    blank = to === from;
    start = stop + 1;
  }
  const breaks = new Uint8Array(at + 1);
  for (const row of rows) breaks[row.at] = NEXT_ROW;
  for (const paragraph of paragraphs) breaks[paragraph] = NEW_PARAGRAPH;
  return { flat: contents.join(''), breaks, rows, endsBlank: blank, alone: false };
}

/** The same text with each row as a paragraph of its own: no rule reads on from one row into the next. */
export function linesOf(view: View): View {
  const breaks = new Uint8Array(view.breaks.length);
  for (const { at } of view.rows) breaks[at] = NEW_PARAGRAPH;
  return { ...view, alone: true, breaks };
}

/** Index of the row that contains an offset of `flat`. */
export function rowAt(view: View, offset: number): number {
  let low = 0;
  let high = view.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((view.rows[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rest of the row from an offset on. */
export function restOfRow(view: View, offset: number): string {
  return view.flat.slice(offset, view.rows[rowAt(view, offset) + 1]?.at);
}

/** The row up to an offset; '' at a row's start. */
export function rowUpTo(view: View, offset: number): string {
  if (view.breaks[offset]) return '';
  return view.flat.slice(view.rows[rowAt(view, offset)]?.at ?? 0, offset);
}

/** Whether any row starts inside a range (its first offset not counted). */
export function spansRows(view: View, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (view.breaks[i]) return true;
  return false;
}

/** Whether a paragraph starts inside a range or at its end (its first offset not counted). */
export function spansParagraphs(view: View, from: number, to: number): boolean {
  for (let i = from + 1; i <= to; i++)
    if (view.breaks[i] === NEW_PARAGRAPH && i < view.flat.length) return true;
  return false;
}

export interface RunLimits {
  /** A shorter run is no secret, so reading always continues over a cut before this length. */
  min: number;
  /** A run of this length is complete: the next row is not part of it. */
  full: number;
  max: number;
  /** How many rows it may span; MAX_ROWS if not given. */
  rows?: number;
}

export interface ViewRun {
  end: number;
  /** The run reaches the end of the text: later rows could belong to it. */
  open: boolean;
}

/**
 * Reads characters of one kind, across row ends where the next row continues the same word. Never reads back: linear.
 */
export function readRun(view: View, from: number, kind: CharSet, limits: RunLimits): ViewRun {
  const { flat, breaks } = view;
  let cuts = 0;
  let i = from;
  for (; i < flat.length && i - from < limits.max && kind.has(flat.charCodeAt(i)); i++) {
    if (breaks[i] && !continues(view, i, kind, limits, i - from, cuts++)) return { end: i, open: false };
  }
  return { end: i, open: i === flat.length && i - from < Math.min(limits.full, limits.max) };
}

/** Limits how many rows a growing text may have to wait for. */
const MAX_ROWS = 100;
export const NEXT_ASSIGNMENT =
  /^(?:(?:export|set|const|let|var|env|declare)\s+)?["']?[A-Za-z_][\w.-]{0,80}["']?\s*(?:=(?!=*["'\s]*$)|:(?:\s|$))/;
/** A row that starts another setting or statement. A random name is the middle of base64: `e6AQ66ZKl7N65oZ=0643`. */
const startsStatement = (row: string): boolean =>
  NEXT_ASSIGNMENT.test(row) && !isRandom(/^["']?([\w.-]{0,81})/.exec(row)?.[1] ?? '', 12);
const PLAIN_WORD = /^[A-Za-z]?[a-z]*$|^[A-Z]+$/;

/**
 * Whether a word cut at `offset` continues in the row that starts there. In doubt it does: redacting a word too much is
 * a smaller loss than leaving the tail of a secret.
 */
function continues(
  view: View,
  offset: number,
  kind: CharSet,
  limits: RunLimits,
  soFar: number,
  cuts: number,
): boolean {
  if (view.breaks[offset] === NEW_PARAGRAPH || soFar >= limits.full || cuts >= (limits.rows ?? MAX_ROWS))
    return false;
  if (soFar < limits.min) return true;
  const rest = restOfRow(view, offset);
  let length = 0;
  while (length < rest.length && length < limits.max && kind.has(rest.charCodeAt(length))) length++;
  const chunk = rest.slice(0, length);
  if (!/[A-Za-z0-9]/.test(chunk) || chunk.startsWith('-----') || startsStatement(rest)) return false;
  if (!PLAIN_WORD.test(chunk)) return true;
  // An ordinary word is the rest of a cut one only if the rows look cut: none before the last is narrower than the
  // next, and two full rows are equally wide. Otherwise a list of words under a key would be redacted with it.
  const row = rowAt(view, offset);
  const cut = view.rows[row - 1]?.width ?? 0;
  if (cuts > 0) return cut === view.rows[row - 2]?.width;
  return cut >= (view.rows[row]?.width ?? 0);
}

/**
 * Whether a word may start at `offset`: at a row's start, after anything but a word character, or after an escape such
 * as `\n` or `%3D`.
 */
export function startsWord(view: View, offset: number): boolean {
  if (view.breaks[offset]) return true;
  if (!WORD.has(view.flat.charCodeAt(offset - 1))) return true;
  // A row's end between the `\` and its letter hides that it is an escape.
  if (view.breaks[offset - 1]) return /[nrt]/.test(view.flat[offset - 1] ?? '');
  return /(?:\\[nrt]|%[0-9A-F]{2}|\\u[0-9a-f]{4})$/.test(view.flat.slice(Math.max(0, offset - 6), offset));
}

/** Characters of one kind. A table, because it is read for every character of every candidate. */
export interface CharSet {
  has(code: number): boolean;
}

/** The characters named; with `beyondAscii` also everything outside ASCII. */
export function codesOf(characters: string, beyondAscii = false): CharSet {
  const codes = Array.from(characters, (character) => character.charCodeAt(0));
  // No larger than it must be: every command makes fifteen of them when it starts.
  const size = Math.max(128, ...codes.map((code) => code + 1));
  const table = new Uint8Array(size).fill(beyondAscii ? 1 : 0, 128);
  for (const code of codes) table[code] = 1;
  // The code of no character is NaN, which is in no set.
  return { has: (code) => (code < size ? table[code] === 1 : beyondAscii && code >= size) };
}

/** Everything except blanks, control characters and those named. */
export function codesExcept(characters: string): CharSet {
  const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  return codesOf(ascii.filter((character) => !characters.includes(character)).join(''), true);
}

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
export const UPPER_DIGITS = codesOf(UPPER + DIGITS);
export const ALNUM = codesOf(UPPER + LOWER + DIGITS);
export const WORD = codesOf(`${UPPER}${LOWER}${DIGITS}_`);
export const WORD_DASH = codesOf(`${UPPER}${LOWER}${DIGITS}_-`);
export const WORD_DASH_DOT = codesOf(`${UPPER}${LOWER}${DIGITS}_-.`);
export const BASE64 = codesOf(`${UPPER}${LOWER}${DIGITS}+/=`);
export const OPAQUE = codesOf(`${UPPER}${LOWER}${DIGITS}_-.~+/=`);
