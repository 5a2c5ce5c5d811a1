/**
 * How something moved: a sign or a bar `turning` in place, digits `counting`, words `growing` in number, or rows that
 * were `redrawn`, which says least.
 */
export type MoveKind = 'turning' | 'counting' | 'growing' | 'redrawn';

export interface Move {
  kind: MoveKind;
  /** The newest row that moved so, as it is now. */
  row: string;
}

/** More rows than this are not compared: nothing is decided by what is further up. */
const MOST_ROWS = 200;
/** How many rows a text may scroll between two screens and still be known again. */
const MOST_SCROLLED = 60;
/** More rows than this that are new at once are a page: redrawn, and not written. */
const MOST_NEW_ROWS = 30;

/** What moved between two screens in one of their parts, at most one move of each kind. */
export function movesBetween(before: readonly string[], after: readonly string[]): Move[] {
  if (isSame(before, after)) return [];
  const old = before.slice(-MOST_ROWS);
  const rows = after.slice(-MOST_ROWS);
  const scrolled = scrolledBy(old, rows);
  const found = new Map<MoveKind, string>();
  let added = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? '';
    const was = old[at + scrolled];
    if (row === was) continue;
    const isNew = !hasWords(was ?? '') && hasWords(row);
    if (isNew) added++;
    for (const kind of isNew ? (['growing'] as const) : kindsOf(was ?? '', row)) found.set(kind, row);
  }
  if (found.size === 0) found.set('redrawn', rows.at(-1) ?? '');
  if (added > MOST_NEW_ROWS) {
    found.delete('growing');
    found.set('redrawn', rows.at(-1) ?? '');
  }
  return [...found].map(([kind, row]) => ({ kind, row }));
}

/** Whether two screens show the same: most of the time one part of them does. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** How many rows the text has moved up: 0 if it has not, or is another text. */
function scrolledBy(old: readonly string[], rows: readonly string[]): number {
  // The first rows say it: new text comes in below. Blank rows are alike everywhere.
  const marks = rows.flatMap((text, at) => (hasWords(text) ? [at] : [])).slice(0, 4);
  const first = marks[0];
  if (first === undefined || old[first] === rows[first]) return 0;
  for (let by = 1; by <= Math.min(MOST_SCROLLED, old.length - 1 - first); by++)
    if (marks.every((at) => at + by >= old.length || old[at + by] === rows[at])) return by;
  return 0;
}

function kindsOf(was: string, row: string): MoveKind[] {
  if (lettersOf(was) === lettersOf(row)) {
    const isCounting = digitsOf(was) !== digitsOf(row);
    const isTurning = signsOf(was) !== signsOf(row);
    const kinds: MoveKind[] = [
      ...(isCounting ? ['counting' as const] : []),
      ...(isTurning ? ['turning' as const] : []),
    ];
    return kinds.length > 0 ? kinds : ['redrawn'];
  }
  // A text that is written may end in a cursor of its own.
  const start = was.replace(/[^\p{L}\p{N}]+$/u, '');
  if (row.length > start.length && row.startsWith(start)) return ['growing'];
  return ['redrawn'];
}

const hasWords = (text: string): boolean => /\p{L}/u.test(text);
/** Units may follow a number: `59s` becomes `1m 0s`. */
const lettersOf = (text: string): string =>
  text.replace(/\d[\d.,:]*\s?(?:ms|[smhkMB]|min|sec)?(?![\p{L}\p{N}])/gu, '').replace(/[^\p{L}]+/gu, '');
const digitsOf = (text: string): string => text.replace(/[^\p{N}]+/gu, ' ').trim();
const signsOf = (text: string): string => text.replace(/[\p{L}\p{N}.,:\s]+/gu, '');
