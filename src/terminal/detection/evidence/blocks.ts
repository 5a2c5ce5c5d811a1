import { type Row, squeeze } from '../screen/rows.ts';
import { isEmphasised, isRed, styleAt } from '../screen/styles.ts';
import { FAILED, isLine, SPEECH } from './signs.ts';

/** Rows that belong together: a paragraph, a message or a result of a tool. */
export interface Block {
  rows: Row[];
  /** Its words in one line, without the sign that opens it. */
  text: string;
  /** Whether its sign, its colour or its first word says that something failed. */
  failed: boolean;
}

/** Signs that open a message only where it says that something failed; elsewhere they mark an item of a list. */
const BULLET = String.raw`^\s*[*x] (?=(?:\w+ )?error\b)`;
const SIGN = new RegExp(`${SPEECH.source}\\s*|${FAILED.source}|${BULLET}`, 'iu');
const SAYS_FAILED =
  /^(?:\[?(?:api |fatal |stream |request |network |provider )?error\b|failed\b|failure\b|(?:retry|request|connection|authentication) (?:failed|error)|(?:sorry, )?i encountered an error:)/iu;

/** Signs in front of what an agent says, which clients seldom put before an error. */
const SPOKEN = /^\s*[●⏺✦•]\uFE0E?\s/u;
/** What a client says behind its error: what to do about it, or the answer of the server. */
const ADVICE =
  /\b(?:please|try again|retry\w*|check|verify|contact|run|use|log ?in|sign in|request id)\b|https?:|[{}]/iu;
/** Several sentences that report of an error, such as one in a log. */
const isProse = (text: string): boolean =>
  /^error\b/iu.test(text) && /[.!] \p{Lu}.*\p{L}{2}[.!]$/u.test(text) && !ADVICE.test(text);

/** What is said beside the turn. */
const NOTE = /^\s*(?:ℹ|※|(?:tips?|hint|note)\s*:)/iu;
/** The folder and branch, as a row above the input. */
const PLACE = /^\s*(?:~|\/)[\w./~-]*(?: [[(].{0,40}[\])])?$/u;
/** The author of what follows, in a row of its own: `codex`. */
const AUTHOR = /^\s{0,6}\p{Ll}[\p{Ll}\d-]{1,20}:?$/u;
/** So far to the right, a notice is no part of the text. */
const ASIDE = /^\s{40,}\S/u;

/** The last blocks of these rows, top to bottom. Frames, tips and notices beside the text are left out. */
export function blocksOf(
  rows: readonly Row[],
  isChrome: (row: Row) => boolean,
  count = Number.POSITIVE_INFINITY,
): Block[] {
  const groups: Row[][] = [[]];
  const widest = rows.reduce((most, { raw }) => Math.max(most, raw.length), 60);
  const isBetween = (row: Row) =>
    row.blank ||
    isLine(row.inner) ||
    isChrome(row) ||
    PLACE.test(row.raw) ||
    ASIDE.test(row.raw) ||
    (AUTHOR.test(row.raw) && isEmphasised(row));
  for (const row of rows) {
    if (isBetween(row)) {
      groups.push([]);
      continue;
    }
    if (SPEECH.test(row.inner) || isFailureBelow(row, groups.at(-1)?.at(-1), widest)) groups.push([]);
    groups.at(-1)?.push(row);
  }
  return groups
    .filter((group) => group.length > 0 && !isNote(group))
    .slice(-count)
    .map(blockOf);
}

/** `Error: ...` directly below what the user typed, and not a word of a paragraph that wraps there. */
const isFailureBelow = (row: Row, above: Row | undefined, widest: number): boolean =>
  above !== undefined &&
  above.raw.length < Math.min(70, widest * 0.7) &&
  /^\s*\[?(?:api )?error\b/iu.test(row.inner);

const isNote = (rows: readonly Row[]): boolean => NOTE.test(rows[0]?.inner ?? '');

function blockOf(rows: Row[]): Block {
  const words = squeeze(rows.map(({ inner }) => inner).join(' '));
  const text = words.replace(SIGN, '');
  const first = rows[0];
  const failed =
    FAILED.test(words) ||
    (SAYS_FAILED.test(text) && !(SPOKEN.test(words) && isProse(text))) ||
    (first !== undefined && isRed(styleAt(first, first.raw.indexOf(text.slice(0, 8)))?.fg));
  return { rows, text, failed };
}
