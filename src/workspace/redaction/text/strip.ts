/** A text without what a terminal does not show, and the way back to the original offsets. */
export interface Stripped {
  text: string;
  /** The offset in the original of a character of `text`. */
  back(offset: number): number;
  /** What was removed and may hold text: links, titles, the clipboard. Ranges of the original. */
  hidden: readonly { from: number; to: number }[];
}

/**
 * Sequences of ECMA-48: CSI, strings (OSC, DCS, SOS, PM, APC; one that is not closed ends with its line), and other
 * escapes. Colours that a log has written out, as in `\u001b[31m`.
 */
const SEQUENCES = [
  '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?',
  '(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x1b\\x9c\\n]*(?:\\x07|\\x1b\\\\|\\x9c)?',
  '\\x1b[ -/]*[0-Z\\\\`-~]?',
  '(?:\\\\u001[bB]|\\\\x1[bB]|\\\\033|\\\\e|\\^\\[|\\u241b)\\[[0-9;:]{0,32}m',
];
/**
 * Control characters but tab, newline and carriage return; and characters without a width: soft hyphen, combining
 * marks, zero-width, bidirectional, variation selectors, tags, fillers.
 */
const INVISIBLE =
  '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f\\x7f-\\x9f\\xad\\u0300-\\u036f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]|\\udb40[\\udc00-\\uddef]|\\ud834[\\udd73-\\udd7a]';
const HIDDEN = new RegExp([...SEQUENCES, INVISIBLE].join('|'), 'g');

/** A character that each of them has: most text has none, which is found out much sooner. */
const MAY_HIDE = /[^\t\n\r\x20-\x7e]|\^\[|\\(?:u001|x1|033|e)/;
const WRITTEN_OUT = /\^\[|\\(?:u001|x1|033|e)/;

/** `isPlain`: it has lines of printable ASCII only. To search for a letter is much sooner done than to read a pattern. */
const mayHide = (text: string, isPlain: boolean): boolean =>
  isPlain ? (text.includes('^') || text.includes('\\')) && WRITTEN_OUT.test(text) : MAY_HIDE.test(text);

/** A shorter sequence cannot hold a secret. */
const MIN_HIDDEN = 16;

/** Removes escape sequences and invisible characters. Keeps the number of lines. */
export function strip(text: string, isPlain = false): Stripped {
  if (!mayHide(text, isPlain)) return { text, back: (offset) => offset, hidden: [] };
  const parts: string[] = [];
  /** Per cut: the offset in the result from which `shifts` holds, and how much was removed up to there. */
  const from: number[] = [];
  const shifts: number[] = [];
  const hidden: { from: number; to: number }[] = [];
  let copied = 0;
  let removed = 0;
  HIDDEN.lastIndex = 0;
  for (let hit = HIDDEN.exec(text); hit; hit = HIDDEN.exec(text)) {
    parts.push(text.slice(copied, hit.index));
    if (hit[0].length >= MIN_HIDDEN) hidden.push({ from: hit.index, to: hit.index + hit[0].length });
    copied = hit.index + hit[0].length;
    removed += hit[0].length;
    from.push(copied - removed);
    shifts.push(removed);
  }
  if (removed === 0) return { text, back: (offset) => offset, hidden };
  parts.push(text.slice(copied));
  return {
    text: parts.join(''),
    back: (offset) => offset + (shifts[lastUpTo(from, offset)] ?? 0),
    hidden,
  };
}

/** The index of the last number that is not greater; -1 if all are. */
export function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
