import { Option as Clipanion } from 'clipanion';
import { applyCascade, isAtLeast, isAtMost, isEnum, isInteger, isNumber, isString } from 'typanion';

/** What a validator lets through, for help, completion and the words of a refusal. */
export interface Limits {
  words?: readonly string[];
  /** Whether any other word is refused. */
  strict?: boolean;
  least?: number | null;
  most?: number | null;
}

const limits = new WeakMap<object, Limits>();

/** clipanion's options, which also remember the validator they were given: clipanion shows it to nobody. */
export const Option = {
  ...Clipanion,
  String: remembering(Clipanion.String),
  Array: remembering(Clipanion.Array),
};

const behind = new WeakMap<object, string>();

/**
 * An argument that is the value of an option, where it stands behind it: `--wait any`. clipanion takes a value that may
 * be left out only when it is bound with =.
 */
export function valueBehind<T>(flag: string, argument: T): T {
  behind.set(argument as object, flag);
  return argument;
}

/** The option whose value an argument is; undefined for one that stands for itself. */
export const flagBefore = (argument: object): string | undefined => behind.get(argument);

/** What an option lets through, where one of the validators below judges it. */
export const limitsOf = (option: object): Limits => limits.get(option) ?? {};

/** One of these words. */
export const oneOf = <const T extends string>(words: readonly T[]) =>
  Object.assign(isEnum(words), { words, strict: true });

/** Any word: these are known, and the command itself says no to others. */
export const knownWord = (words: readonly string[]) => Object.assign(isString(), { words });

/** A whole number from `least` to `most`. */
export const wholeNumber = (least = 0, most = Number.MAX_SAFE_INTEGER) =>
  Object.assign(applyCascade(isNumber(), [isInteger(), isAtLeast(least), isAtMost(most)]), { least, most });

/** For a command whose answer may be longer than a terminal. */
export const pagerOption = () =>
  Option.Boolean('--pager', true, {
    description: 'print at once what would go through your pager: what is longer than the terminal',
  });

/** For a command whose answer is a list or a set of figures; `what` is on a line: `one worker`. */
export const plainOption = (what = 'one figure') =>
  Option.Boolean('--plain', false, { description: `${what} a line, for grep and cut` });

function remembering<F extends (...args: never[]) => unknown>(make: F): F {
  return ((...args: Parameters<F>) => {
    const option = make(...args) as object;
    const { validator } = (args.findLast(isObject) ?? {}) as { validator?: Limits };
    if (validator) limits.set(option, validator);
    return option;
  }) as F;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
