import { type NeededWords, withoutMark } from './compile.ts';
import type { RuleFile } from './schema.ts';

/** What `neededWords` finds of the patterns of a file, each as it is written there. */
export function neededWordsOf({ layout, rules }: RuleFile): NeededWords {
  const known = patternsIn({ layout, rules }).flatMap((pattern): [string, string[]][] => {
    const { text, ignoresCase } = withoutMark(pattern);
    const words = neededWords(text, ignoresCase);
    return words ? [[pattern, words]] : [];
  });
  return Object.fromEntries(known);
}

const PATTERN_KEYS = new Set([
  ...['line', 'text', 'opens', 'question', 'resets', 'superseded_by'],
  ...['echo', 'speech', 'tool', 'turn_end', 'chrome'],
  ...['top', 'follows', 'prompt', 'inside', 'bottom', 'never_above', 'sure_above'],
]);

/** Every pattern in a part of a rule file; `key` is the one that leads to it. */
export function patternsIn(part: unknown, key = ''): string[] {
  if (typeof part === 'string') return PATTERN_KEYS.has(key) ? [part] : [];
  if (Array.isArray(part)) return part.flatMap((each) => patternsIn(each, key));
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, each]) => patternsIn(each, name));
}

/**
 * Words of which each text that a pattern matches has at least one, in lower case if the pattern ignores that; null where
 * none are found. It reads what patterns of rules are made of, and finds nothing in anything else. The build writes them
 * beside the patterns, see `RulePattern`.
 */
export function neededWords(source: string, ignoresCase: boolean): string[] | null {
  const reader = new Reader(source, ignoresCase);
  const words = reader.alternatives();
  return reader.isUnderstood && words !== null ? [...new Set(words)] : null;
}

type Words = readonly string[] | null;

/** More of them are not compared sooner than a pattern. */
const MOST_WORDS = 30;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/;
/** A group that matches text; the others look at what is around their place. */
const GROUP = /^\((?:\?:|\?<\w+>|(?!\?))/;
const LOOKAROUND = /^\(\?<?[=!]/;
const CLASS = /^\[(?:\\[\s\S]|[^\]\\])*\]/;
/** A class that lists a few characters, each for itself. */
const LISTED = /^\[((?!\^)(?:\\[^\da-zA-Z\s]|[^\\\]\s-]){1,20})\]/u;
/** A class, or a character by its number: they are no letters that can be compared. */
const ESCAPED_CLASS = /^\\(?:[dDsSwW]|[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|[nrtfv0])/i;
const EDGE = /^(?:[\^$]|\\[bB])/;
const SIGN = /^\\([^\da-z])/i;

class Reader {
  #rest: string;
  #isStrange = false;
  readonly #ignoresCase: boolean;

  constructor(source: string, ignoresCase: boolean) {
    this.#rest = source;
    this.#ignoresCase = ignoresCase;
  }

  /** Whether all of it could be read. */
  get isUnderstood(): boolean {
    return this.#rest === '' && !this.#isStrange;
  }

  /** Up to the end of the group: each alternative needs words of its own. */
  alternatives(): Words {
    const words: string[] = [];
    let isKnown = true;
    do {
      const each = this.#sequence();
      if (each === null) isKnown = false;
      else words.push(...each);
    } while (this.#take(/^\|/));
    return isKnown && words.length <= MOST_WORDS ? words : null;
  }

  /** The best of what its parts need. */
  #sequence(): Words {
    let best: Words = null;
    let run = '';
    const offer = (words: Words) => {
      if (words !== null && worth(words) > worth(best)) best = words;
    };
    const endRun = () => {
      offer(run.trim() === '' ? null : [run]);
      run = '';
    };
    while (this.#rest !== '' && !/^[|)]/.test(this.#rest)) {
      if (this.#take(EDGE)) continue;
      const { letter, words, isWidthless } = this.#atom();
      const isOptional = this.#isOptional();
      if (isWidthless) continue;
      if (letter !== null && isOptional === null) run += letter;
      else {
        if (letter !== null && isOptional === false) run += letter;
        endRun();
        if (isOptional !== true) offer(words);
      }
    }
    endRun();
    return best;
  }

  #atom(): { letter: string | null; words: Words; isWidthless: boolean } {
    const part = (more: { letter?: string | null; words?: Words; isWidthless?: boolean } = {}) => ({
      letter: null,
      words: null,
      isWidthless: false,
      ...more,
    });
    const around = this.#take(LOOKAROUND);
    if (around || this.#take(GROUP)) {
      const words = this.alternatives();
      if (!this.#take(/^\)/)) this.#giveUp();
      return around ? part({ isWidthless: true }) : part({ words });
    }
    const listed = this.#take(LISTED)?.[1];
    if (listed !== undefined) return part({ words: this.#eachOf(listed) });
    if (this.#take(CLASS) || this.#take(ESCAPED_CLASS) || this.#take(/^\./)) return part();
    const sign = this.#take(SIGN)?.[1];
    if (sign !== undefined) return part({ letter: this.#compared(sign) });
    const [character = ''] = this.#rest;
    this.#rest = this.#rest.slice(character.length);
    // A reference to a group, or anything else that is not known here.
    if (/[\\()[\]{}*+?]/.test(character)) this.#giveUp();
    return part({ letter: this.#compared(character) });
  }

  #eachOf(characters: string): Words {
    const words = [...characters.replaceAll(/\\(.)/gu, '$1')].map((each) => this.#compared(each));
    return words.every((word) => word !== null) ? words : null;
  }

  /** Null where the case of a letter is ignored and is no matter of ASCII. */
  #compared(character: string): string | null {
    if (!this.#ignoresCase) return character;
    return character <= '\x7f' ? character.toLowerCase() : null;
  }

  /** Whether what was read may be missing; null where nothing says how often it comes. */
  #isOptional(): boolean | null {
    const found = this.#take(QUANTIFIER);
    if (!found) return null;
    const [all, least] = found;
    return least === undefined ? !all.startsWith('+') : Number(least) === 0;
  }

  #giveUp(): void {
    this.#isStrange = true;
    this.#rest = '';
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#rest);
    if (found) this.#rest = this.#rest.slice(found[0].length);
    return found;
  }
}

/** Of long words and of signs there are few on a screen. */
const worth = (words: Words): number =>
  words === null
    ? 0
    : Math.min(...words.map((word) => word.trim().length + (/^[\w\s.,:/-]*$/.test(word) ? 0 : 1.5)));
