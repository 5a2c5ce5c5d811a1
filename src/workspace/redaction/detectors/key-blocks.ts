import type { View } from '../text/view.ts';
import { NEW_PARAGRAPH } from '../text/view.ts';
import type { Evidence } from './detector.ts';

/** What the base64 rows of a text are, where the first or the last line of a key is not in it. */
export interface KeyBlocks {
  found: Evidence[];
  /** Ranges that were read as a whole. */
  blocks: { from: number; to: number }[];
  openFrom: number;
}

/** A row of base64, perhaps numbered, in a diff, quoted, or with `\n` written out. */
const ROW =
  /^(?:\d{1,5}[\s:│|→]+)?([+-]?)[ \t]*["'`]?((?:[A-Za-z0-9+/]|\\[nr])+={0,2}|={1,2})(?:\\[nr])*\\?["'`]?[ \t]*[+,;)]{0,2}$/;
const END_PRIVATE = /-----END ?[A-Z0-9 ]{0,24}PRIVATE/;
/** Where the body of another kind starts. */
const OTHER_BEGIN = /-----BEGIN(?! ?[A-Z0-9 ]{0,24}PRIVATE)/;
/** A longer run of rows is read in parts: a growing text waits for no more. An RSA key of 8192 bits has 99 rows. */
const MAX_ROWS = 200;
const MIN_LENGTH = 16;
/** Rows above a block in which its first line is looked for: headers and a blank line may follow it. */
const MAX_HEADERS = 4;
/** The columns of PEM (RFC 7468) and of OpenSSH. `base64` has 76. */
const COLUMNS = [64, 70];
/** Images, archives, documents, public keys. */
const KNOWN_BODY =
  /^(?:iVBOR|\/9j\/|R0lGOD|UklGR|H4sI|UEsDB|QlpoO|\/Td6|KLUv|JVBER|PD94|PHN2|AAAA[BCE]3Nza|AAAAE2Vj)/;
/** Columns that a row could have for a key that a terminal has cut. */
const MIN_PERIODS = 3;

/**
 * Private keys without a first line: rows of base64 above `END … PRIVATE KEY`, and rows of 64 or 70 columns under no
 * BEGIN and above no END. `covered`: the keys that were found already.
 */
export function keyBlocks(view: View, covered: readonly Evidence[]): KeyBlocks {
  const result: KeyBlocks = { found: [], blocks: [], openFrom: view.flat.length };
  const { rows } = view;
  const bodies = new Rows(view, covered);
  const hasEnd = view.flat.includes('-----END');
  for (let first = 0; first < rows.length; ) {
    const cannotBegin = !hasEnd && endsInShortWord(view, first);
    if (cannotBegin || (bodies.at(first)?.length ?? 0) < MIN_LENGTH) {
      first++;
      continue;
    }
    let after = first + 1;
    while (after - first < MAX_ROWS && bodies.continues(after)) after++;
    addBlock(view, bodies, first, after, result);
    first = after;
  }
  for (let row = rows.length - 1; row >= 0 && row >= rows.length - MAX_HEADERS; row--) {
    const text = bodies.text(row);
    if (text.includes('-----BEGIN') && OTHER_BEGIN.test(text))
      result.openFrom = Math.min(result.openFrom, rows[row]?.at ?? 0);
  }
  return result;
}

/** Characters behind the base64 of a row: `+`, `,` and the like. */
const MAX_BEHIND = 2;

/** Whether a row ends in a word that is too short for base64: most rows do, and their patterns need not be read. */
function endsInShortWord({ flat, rows }: View, row: number): boolean {
  const end = rows[row + 1]?.at ?? flat.length;
  const start = rows[row]?.at ?? end;
  const last = flat.slice(Math.max(start, end - MIN_LENGTH), end);
  const word = last.length - 1 - last.lastIndexOf(' ');
  return word < MIN_LENGTH && word > MAX_BEHIND;
}

interface Body {
  text: string;
  length: number;
  /** A plus in front may be the mark of a diff, or base64. */
  signed: boolean;
  /** Where it starts and ends in `flat`. */
  from: number;
  to: number;
  endsKey: boolean;
}

class Rows {
  readonly #view: View;
  readonly #covered: readonly Evidence[];
  #next = 0;
  #last: { row: number; body: Body | null } = { row: -1, body: null };

  constructor(view: View, covered: readonly Evidence[]) {
    this.#view = view;
    this.#covered = covered;
  }

  text(row: number): string {
    const { rows, flat } = this.#view;
    const found = rows[row];
    return found ? flat.slice(found.at, rows[row + 1]?.at) : '';
  }

  /** Read once each, downwards. */
  at(row: number): Body | null {
    if (this.#last.row !== row) this.#last = { row, body: this.#isCovered(row) ? null : this.#read(row) };
    return this.#last.body;
  }

  /** Whether the row belongs to the block that the row before it is in. */
  continues(row: number): boolean {
    const { rows, breaks } = this.#view;
    const start = rows[row]?.at;
    if (start === undefined || breaks[start] === NEW_PARAGRAPH) return false;
    const above = this.at(row - 1);
    const body = this.at(row);
    if (!above || !body || above.endsKey) return false;
    if (body.length >= MIN_LENGTH || body.endsKey || above.length >= MIN_LENGTH) return true;
    // The short rest of a row that was cut, then a short last row.
    return (
      (this.#read(row - 2)?.length ?? 0) >= MIN_LENGTH && breaks[rows[row - 1]?.at ?? 0] !== NEW_PARAGRAPH
    );
  }

  #read(row: number): Body | null {
    const text = this.text(row);
    const from = this.#view.rows[row]?.at ?? 0;
    const end = text.includes('-----END') ? (END_PRIVATE.exec(text)?.index ?? -1) : -1;
    if (end > 0) return this.#beforeEnd(text.slice(0, end), from);
    const found = ROW.exec(text);
    const body = found?.[2];
    if (!body) return null;
    const signed = found[1] === '+';
    return { text: body, length: body.length, signed, from, to: from + text.length, endsKey: false };
  }

  /** The last part of a key in the row of its END. */
  #beforeEnd(text: string, at: number): Body | null {
    const length = /(?:[A-Za-z0-9+/=]|\\[nr]){0,8192}$/.exec(text.slice(-8192))?.[0].length ?? 0;
    const from = at + text.length - length;
    if (length === 0) return null;
    return { text: text.slice(-length), length, signed: false, from, to: at + text.length, endsKey: true };
  }

  #isCovered(row: number): boolean {
    const { rows, flat } = this.#view;
    const start = rows[row]?.at ?? 0;
    while ((this.#covered[this.#next]?.to ?? Number.POSITIVE_INFINITY) <= start) this.#next++;
    return (this.#covered[this.#next]?.from ?? Number.POSITIVE_INFINITY) < (rows[row + 1]?.at ?? flat.length);
  }
}

/** What the rows from `first` to before `after` are. */
function addBlock(view: View, rows: Rows, first: number, after: number, result: KeyBlocks): void {
  const bodies: Body[] = [];
  const reader = new Rows(view, []);
  for (let row = first; row < after; row++) {
    const body = reader.at(row);
    if (body) bodies.push(body);
  }
  const from = bodies[0]?.from ?? 0;
  const to = bodies.at(-1)?.to ?? from;
  const header = headerAbove(rows, first);
  const start = header === null ? from : (view.rows[header]?.at ?? from);
  if (bodies.length > 1 || header !== null) result.blocks.push({ from: start, to });
  if (mayGoOn(view, rows, first, after)) result.openFrom = Math.min(result.openFrom, start);
  const below = rows.text(after) + rows.text(after + 1);
  const isAboveEnd = bodies.at(-1)?.endsKey || END_PRIVATE.exec(below)?.index === 0;
  const isOther = header !== null || /^\W{0,12}-----END/.test(below);
  if (isAboveEnd || (!isOther && looksLikeKey(bodies)))
    result.found.push({ rule: 'private-key', from, to, since: start });
}

/** Later rows could belong to the block, or end it. */
function mayGoOn(view: View, rows: Rows, first: number, after: number): boolean {
  if (view.endsBlank && after >= view.rows.length) return false;
  if (after >= view.rows.length) return after - first < MAX_ROWS;
  return (
    after === view.rows.length - 1 &&
    /^-{1,5}(?:E|$)/.test(rows.text(after)) &&
    !/\w-{5}/.test(rows.text(after))
  );
}

/** The row of a BEGIN of another kind directly above. */
function headerAbove(rows: Rows, first: number): number | null {
  for (let row = first - 1; row >= 0 && row >= first - MAX_HEADERS; row--) {
    const text = rows.text(row);
    if (text.includes('-----END')) return null;
    if (OTHER_BEGIN.test(text)) return row;
  }
  return null;
}

function looksLikeKey(bodies: readonly Body[]): boolean {
  const all = bodies.map(({ text }) => text).join('');
  if (KNOWN_BODY.test(all) || !/[a-z]/.test(all) || !/[A-Z]/.test(all) || !/\d/.test(all)) return false;
  return COLUMNS.some((columns) => hasRows(bodies, columns) || hasCutRows(bodies, columns));
}

/** Three rows of the same width, one after the other. */
function hasRows(bodies: readonly Body[], columns: number): boolean {
  let count = 0;
  for (const { length, signed } of bodies) {
    count = length === columns || (signed && length + 1 === columns) ? count + 1 : 0;
    if (count >= MIN_PERIODS) return true;
  }
  return false;
}

/** Rows that a terminal has cut at its width: 24, 24, 16, 24, 24, 16, … */
function hasCutRows(bodies: readonly Body[], columns: number): boolean {
  const width = Math.max(...bodies.map(({ length }) => length));
  const rest = columns % width;
  const full = Math.floor(columns / width);
  if (width >= columns || rest === 0 || full > 4) return false;
  let periods = 0;
  let inRow = 0;
  let started = false;
  for (const { length } of bodies) {
    if (length === width) inRow++;
    else if (length === rest && (inRow === full || !started)) {
      if (started) periods++;
      started = true;
      inRow = 0;
    } else return false;
    if (inRow > full || periods >= MIN_PERIODS) return periods >= MIN_PERIODS;
  }
  return false;
}
