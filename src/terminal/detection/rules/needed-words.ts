import { type AST, RegExpParser } from '@eslint-community/regexpp';
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
 * none are known. The build writes them beside the patterns, see `RulePattern`.
 */
export function neededWords(source: string, ignoresCase: boolean): string[] | null {
  const { alternatives } = new RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
  const words = new Needs(ignoresCase).ofAlternatives(alternatives);
  return words && [...new Set(words)];
}

type Words = readonly string[] | null;

/** More of them are not compared sooner than a pattern. */
const MOST_WORDS = 30;

class Needs {
  readonly #ignoresCase: boolean;

  constructor(ignoresCase: boolean) {
    this.#ignoresCase = ignoresCase;
  }

  /** Each alternative needs words of its own. */
  ofAlternatives(alternatives: readonly AST.Alternative[]): Words {
    return this.#all(alternatives.map(({ elements }) => this.#ofSequence(elements)));
  }

  /** The best of what its parts need: letters that follow each other are one word. */
  #ofSequence(elements: readonly AST.Element[]): Words {
    const needed: Words[] = [];
    let run = '';
    const endRun = () => {
      needed.push(run.trim() === '' ? null : [run]);
      run = '';
    };
    for (const element of elements) {
      // What is around a place is no part of the text.
      if (element.type === 'Assertion') continue;
      const letter = this.#letter(element);
      run += letter ?? '';
      if (letter !== null && element.type !== 'Quantifier') continue;
      endRun();
      needed.push(this.#ofElement(element));
    }
    endRun();
    return needed.reduce((best, words) => (worth(words) > worth(best) ? words : best), null);
  }

  #ofElement(element: AST.Element): Words {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.ofAlternatives(element.alternatives);
      case 'Quantifier':
        return element.min > 0 ? this.#ofElement(element.element) : null;
      case 'CharacterClass':
        return element.negate ? null : this.#all(element.elements.map((each) => this.#ofMember(each)));
      default:
        return null;
    }
  }

  #ofMember(member: AST.CharacterClassElement): Words {
    const letter = member.type === 'Character' ? this.#compared(member.value) : null;
    return letter === null ? null : [letter];
  }

  /** The one letter with which an element begins, and which it is unless it is repeated; null for any other. */
  #letter(element: AST.Element): string | null {
    if (element.type === 'Quantifier') return element.min > 0 ? this.#letter(element.element) : null;
    return element.type === 'Character' ? this.#compared(element.value) : null;
  }

  /** Null where the case of a letter is ignored and is no matter of ASCII. */
  #compared(code: number): string | null {
    const character = String.fromCodePoint(code);
    if (!this.#ignoresCase) return character;
    return code <= 0x7f ? character.toLowerCase() : null;
  }

  #all(each: readonly Words[]): Words {
    const words = each.flatMap((some) => some ?? []);
    return each.includes(null) || words.length > MOST_WORDS ? null : words;
  }
}

/** Of long words and of signs there are few on a screen. */
const worth = (words: Words): number =>
  words === null
    ? 0
    : Math.min(...words.map((word) => word.trim().length + (/^[\w\s.,:/-]*$/.test(word) ? 0 : 1.5)));
