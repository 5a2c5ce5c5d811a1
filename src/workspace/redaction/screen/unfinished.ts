import { Remembered } from '../../../lib/text/remembered.ts';
import { type Range, rangesIn, ScannedText, withoutOverlaps } from '../redaction.ts';
import { isNamed } from '../scanning/scan.ts';
import { nameKind } from '../text/names.ts';
import { isFileName, isPlaceholder, isRandom } from '../text/values.ts';

/** How many lines above may hold the beginning of what a line ends in: of a secret that is hidden so far, and else. */
const MAX_HIDDEN_LINES_ABOVE = 24;
const MAX_LINES_ABOVE = 2;
/** How many places of one line are looked at: its end, and where its columns end. */
const MAX_ENDS = 8;
/** Characters before a place that are read: a long token, or a command line with a password. */
const WINDOW = 1600;
/** Lines whose answer is remembered: most of a screen is the same in the next frame. */
const REMEMBERED = 2000;

const RANDOM = 'Zk3vQ9xT7mB2nL5wR8cYd4HsG6jF1pK0eW9aU4tV8yN3bX7qM2zC5rS6hD1gJ0oP';

interface Continuation {
  text: string;
  /** Whether a text may go on so at all: checked before it is read. */
  after?(text: string): boolean;
  /** Whether a text may go on so, whose end from `from` on would be a secret then. */
  fits?(text: string, from: number): boolean;
}

/** Whatever is a secret with one of these behind it is the beginning of one. */
const CONTINUATIONS: readonly Continuation[] = [
  { text: RANDOM },
  {
    text: `${RANDOM}@host.example.com/x`,
    after: (text) => text.includes('://'),
    fits: (text, from) => !isHost(text, from),
  },
  { text: `${RANDOM}")`, after: (text) => /["'(]/.test(text) },
  {
    text: `${RANDOM} | docker login -u bob --password-stdin`,
    after: (text) => PIPED.test(text),
    fits: (text, from) => looksRandom(text.slice(from)),
  },
  { text: `${RANDOM}\\n-----END PRIVATE KEY-----\\n"`, after: (text) => text.includes('-----BEGIN') },
  {
    text: '483920174839',
    after: (text) => /\d$/.test(text),
    fits: (text, from) => /^\d+$/.test(text.slice(from)) && !isHost(text, from),
  },
];

/** A command after `|` makes what precedes it secret. */
const PIPED = /\b(?:echo|printf) /;

/** `example.com`, `localhost:8080`: what every URL begins with. */
function isHost(text: string, from: number): boolean {
  const value = text.slice(from);
  if (text[from - 1] === ':') return /^\d{0,5}$/.test(value);
  return /^(?:[a-z\d-]+\.)*[a-z\d-]*(?::\d{0,5})?$/i.test(value) && !isRandom(value, 8);
}

/** A word or a number, no longer than what may be shown of a secret. */
const PLAIN = /^(?:[a-z]{1,11}|[A-Z][a-z]{1,10}|[A-Z]{1,11}|\d{1,6})$/;
const LICENSE = /^(?:Apache|AGPL|BSD|CC0?|E?UPL|GPL|LGPL|MPL)-[\w.-]{1,20}$/;

/**
 * What follows a name that may name other things, or a name in a table or in columns, is a secret only if it is random:
 * `Session: resumed`, `| token | created |`. `pass: 12` is a result, `Token refresh` a title, `Password: ›` a prompt.
 */
function isOfOtherThing(text: string, from: number): boolean {
  const before = text.slice(Math.max(0, from - 80), from);
  const value = text.slice(from);
  if (/[^\S\n]{2,}$|\t$|[|│┃║]\s*$|(?:^|\n)\W*[A-Z]\w* $/.test(before) && PLAIN.test(value)) return true;
  if (/^[›❯→»]$/.test(value)) return true;
  const name = /([\w.-]+)["'\]]{0,3}\s*[:=]\s*["'`]?$/.exec(before)?.[1];
  if (name === undefined) return false;
  if (/^pass$/i.test(name)) return /^\d{1,4}$/.test(value);
  if (nameKind(name) !== 'possible') return false;
  return value.length < 4 || PLAIN.test(value) || (/licen[cs]e$/i.test(name) && LICENSE.test(value));
}

const looksRandom = (value: string): boolean =>
  value.length >= 6 && /\d/.test(value) && /[A-Za-z]/.test(value);

/** A token whose keyword is in its middle or at its end begins as any random word does. */
const lastWord = (text: string): string => /[\w+/.~-]{12,}$/.exec(text.slice(-100))?.[0] ?? '';

/** What ends a part of a line beside which something else may be shown: a gap, a border, a block cursor, an ellipsis. */
const COLUMN_END = /\s{2,}|\s*[│┃║▌▐█▏▎┆┊…]+\s*/g;

interface Answer {
  ranges: readonly Range[];
  /** A later line may continue what this one ends in. */
  isOpen: boolean;
}

/**
 * Finds secrets that are still being printed: the beginning of a token, the first letters of a password. On a screen
 * that is stored every tenth of a second, each of them would be stored before the whole is recognised. So the end of a
 * line counts as a secret where more letters would make it one.
 */
export class UnfinishedSecrets {
  readonly #known = new Remembered<Answer>(REMEMBERED);

  /** What is unfinished in each line, in order and without overlaps. `cursor`: where the program prints next. */
  in(lines: readonly string[], cursor: { line: number; offset: number } | null = null): (readonly Range[])[] {
    let above = 0;
    return lines.map((line, index) => {
      if (line.trim() === '') {
        above = 0;
        return [];
      }
      const before = lines.slice(index - above, index).join('\n');
      const { ranges, isOpen } = this.#of(line, before, cursor?.line === index ? cursor.offset : line.length);
      const isHidden = ranges.at(-1)?.to === line.trimEnd().length;
      above =
        isHidden || isOpen ? Math.min(above + 1, isHidden ? MAX_HIDDEN_LINES_ABOVE : MAX_LINES_ABOVE) : 0;
      return ranges;
    });
  }

  #of(line: string, before: string, cursor: number): Answer {
    const key = `${cursor < line.length ? cursor : ''}\n${line}\n${before}`;
    return this.#known.of(key, () => answerFor(line, before, cursor));
  }
}

function answerFor(line: string, before: string, cursor: number): Answer {
  const text = before === '' ? line : `${before}\n${line}`;
  const start = text.length - line.length;
  const whole = new ScannedText(text.slice(-WINDOW));
  // A line without a name or a beginning of a secret costs one reading.
  if (text.length <= WINDOW && whole.isPlain && lastWord(line) === '')
    return { ranges: [], isOpen: whole.isOpen };
  const found = endsIn(line, cursor).flatMap((place) => {
    const end = start + place;
    const from = Math.max(0, end - WINDOW);
    const upTo = text.slice(from, end);
    const reading = end === text.length && from === 0 ? whole : new ScannedText(upTo);
    return unfinishedAt(upTo, reading).map((range) => moved(range, from - start));
  });
  return { ranges: withoutOverlaps(found.filter(({ to }) => to > 0)), isOpen: whole.isOpen };
}

const moved = ({ rule, from, to }: Range, by: number): Range => ({
  rule,
  from: Math.max(0, from + by),
  to: to + by,
});

/** Where something may go on: at the cursor, at the end, and where a column ends. */
function endsIn(line: string, cursor: number): number[] {
  const ends = new Set([line.trimEnd().length, Math.min(cursor, line.length)]);
  for (const { index } of line.matchAll(COLUMN_END)) if (index > 0) ends.add(index);
  return [...ends].filter((end) => end > 0).slice(0, MAX_ENDS);
}

/** The end of a text, from where it may become a secret. */
function unfinishedAt(text: string, reading: ScannedText): Range[] {
  const ranges = reading.unfinishedTokens();
  // Only what reaches the end of the text, as a scan for later rows sees it, can go on.
  if (reading.isOpen || PIPED.test(text))
    for (const continuation of CONTINUATIONS) ranges.push(...begunBy(text, continuation));
  ranges.push(...keyBefore(text));
  const word = lastWord(text);
  if (/[A-Z]/.test(word) && /[a-z]/.test(word) && isRandom(word, 12))
    ranges.push({ rule: 'token', from: text.length - word.length, to: text.length });
  return ranges;
}

/** While the last line of a private key is printed, what is before it does not look like one. */
function keyBefore(text: string): Range[] {
  const end = text.includes('-----BEGIN')
    ? /-{1,5}(?:E(?:N(?:D[ A-Z]*-{0,5})?)?)?$/.exec(text)?.index
    : undefined;
  return end === undefined ? [] : rangesIn(text.slice(0, end)).filter(({ to }) => to >= end - 2);
}

function begunBy(text: string, { text: rest, after = () => true, fits = () => true }: Continuation): Range[] {
  if (!after(text)) return [];
  return rangesIn(text + rest).flatMap(({ rule, from, to }) => {
    if (to <= text.length || from >= text.length || !fits(text, from)) return [];
    const value = text.slice(from);
    const ofRow = value.split('\n')[0] ?? '';
    if (
      isPlaceholder(value) ||
      isPlaceholder(ofRow) ||
      isFileName(ofRow) ||
      isNamed(ofRow) ||
      isOfOtherThing(text, from)
    )
      return [];
    return [{ rule, from, to: text.length }];
  });
}
