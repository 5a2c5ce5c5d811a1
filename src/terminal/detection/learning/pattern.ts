import { keyHints } from '../evidence/key-hints.ts';
import { squeeze } from '../screen/rows.ts';

/** Characters. A longer row is more than a sign, and never drawn again like this. */
const LONGEST = 90;
const HINT =
  /(?:esc(?:ape)?|enter|return|↵|⏎|tab|space|(?:ctrl|control|shift)[ +-]\S+|\^[a-z])\b[^·•|│┃()[\]{}]*/giu;
/** A sign that turns, in front of what is done. */
const SPINNER = /^[\u2801-\u28ff\u25d0-\u25d3\u2596-\u259f✢✳✶✻✽·*∗⋆◴-◷⏺●○◯]\s/u;

export interface RowPattern {
  /** For `line` of a condition. */
  line: string;
  /** Whether it is a hint which key does what: such a row is drawn for a state. */
  isHint: boolean;
}

/**
 * A pattern for a row that matches it the next time too, with other numbers, paths and ids in it; null for a row that
 * has no words. Of a long row with hints, only the hints.
 */
export function rowPattern(row: string): RowPattern | null {
  const text = squeeze(row);
  if (!/\p{L}{2}/u.test(text)) return null;
  const isHint = keyHints(text).length > 0;
  if (text.length <= LONGEST) {
    const sign = SPINNER.exec(text)?.[0] ?? '';
    const words = generalised(text.slice(sign.length));
    return { line: `^\\s*${sign === '' ? '' : '\\S\\s+'}${words}\\s*$`, isHint };
  }
  const hints = isHint ? [...text.matchAll(HINT)].map(([hint]) => squeeze(hint)) : [];
  const [hint] = hints.filter((each) => each.length <= LONGEST);
  return hint === undefined ? null : { line: generalised(hint), isHint };
}

/** What changes from one time to the next becomes what it is; everything else stays as it is. */
const generalised = (text: string): string =>
  text
    .split(' ')
    .map((word) => (VARIES.test(word) ? '\\S+' : escaped(word).replace(/\d+(?:[.,:]\d+)*/g, '[\\d.,:]+')))
    .join('\\s+');

/** Paths, addresses, and ids of letters and digits. */
const VARIES = /^[~.]?\/\S|^\w+:\/\/|^(?=\S*\d)(?=\S*[a-z])[\da-f-]{7,}$/i;

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
