import { Remembered } from '../../../lib/text/remembered.ts';

/** More rows than a command looks at: a process that goes on is faster with a compiled pattern than with its words. */
const MOST_REFUSED = 500;

/**
 * A pattern of a rule. One whose words are known is compiled only when a text has one of them: V8 compiles a pattern at
 * its first use, for milliseconds in all, and most patterns match nothing on most screens.
 */
export class RulePattern {
  readonly #words: readonly string[] | null;
  readonly #ignoresCase: boolean;
  readonly #compile: () => RegExp;
  #compiled: RegExp | null = null;
  /** How many texts had none of the words. */
  #refused = 0;

  private constructor(words: readonly string[] | null, ignoresCase: boolean, compile: () => RegExp) {
    this.#words = words;
    this.#ignoresCase = ignoresCase;
    this.#compile = compile;
  }

  /** One that is compiled already, and may match any text. */
  static of(compiled: RegExp): RulePattern {
    return new RulePattern(null, false, () => compiled);
  }

  /** `words`: each text that it matches has one of them (see `neededWords`); null if that is not known. */
  static lazily(
    compile: () => RegExp,
    { words, ignoresCase }: { words: readonly string[] | null; ignoresCase: boolean },
  ): RulePattern {
    return new RulePattern(words, ignoresCase, compile);
  }

  get regex(): RegExp {
    this.#compiled ??= this.#compile();
    return this.#compiled;
  }

  /** False if it matches nothing in the text, for certain. */
  mayMatch(text: string): boolean {
    if (this.#words === null || this.#compiled !== null || this.#refused >= MOST_REFUSED) return true;
    const read = this.#ignoresCase ? lowered.of(text, () => lowerCase(text)) : text;
    if (read === ANYTHING || this.#words.some((word) => read.includes(word))) return true;
    this.#refused += 1;
    return false;
  }

  test(text: string): boolean {
    return this.mayMatch(text) && this.regex.test(text);
  }

  exec(text: string): RegExpExecArray | null {
    return this.mayMatch(text) ? this.regex.exec(text) : null;
  }
}

/** In place of a text whose letters cannot be compared. */
const ANYTHING = '\0';

/** Without case, `ſ` is an `s`, which is not its lower case. */
const lowerCase = (text: string): string => (text.includes('ſ') ? ANYTHING : text.toLowerCase());

/** Many patterns are tried on the same rows. */
const lowered = new Remembered<string>(500);
