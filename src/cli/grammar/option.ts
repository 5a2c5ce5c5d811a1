import { Option } from 'clipanion';
import {
  applyCascade,
  isAtLeast,
  isAtMost,
  isEnum,
  isInteger,
  isNumber,
  type StrictValidator,
} from 'typanion';

/** The valid values: clipanion validates with it, help and completion show its words and limits. */
export interface Takes<T> {
  validator?: StrictValidator<unknown, T>;
  words?: readonly string[];
  /** Whether any other word is refused. */
  strict?: boolean;
  min?: number;
  max?: number;
}

/** The declaration of an option or an argument, from which the grammar of its command is derived. */
export interface Declaration {
  kind: 'flag' | 'value' | 'list' | 'optional value' | 'argument' | 'rest';
  /** The names of an option, the oldest first; for an argument, its name in the usage line. */
  names: string[];
  description: string;
  required: boolean;
  /** The default; null if there is none. */
  initially: string | boolean | null;
  takes: Omit<Takes<unknown>, 'validator'>;
  /** Names of the option that gives the same value as this argument. */
  orOption?: string[];
}

/** clipanion does not expose the declarations that it was given, so they are kept here. */
const declarations = new WeakMap<object, Declaration>();

/** The declaration of a field of a command; undefined if it is no option. */
export const declarationOf = (field: unknown): Declaration | undefined =>
  typeof field === 'object' && field !== null ? declarations.get(field) : undefined;

type Given = Partial<Omit<Declaration, 'kind' | 'names' | 'takes'>> & { takes?: Takes<unknown> };

function declare<T>(
  option: T,
  kind: Declaration['kind'],
  names: string,
  { takes: { validator: _, ...takes } = {}, ...given }: Given,
): T {
  const rest = { description: '', required: false, initially: null, ...given };
  declarations.set(option as object, { kind, names: names.split(','), takes, ...rest });
  return option;
}

/** A switch: `--json`, and `--no-json` for one that is on. */
export function flag(names: string, description: string, initially = false): boolean {
  return declare(Option.Boolean(names, initially, { description }), 'flag', names, {
    description,
    initially,
  });
}

interface ValueOptions<T> {
  takes?: Takes<T>;
  required?: boolean;
  initially?: string;
}

/** An option with one value: `--limit 10`. */
export function value<T = string>(
  names: string,
  description: string,
  options: { takes?: Takes<T>; required: true },
): T;
export function value<T = string>(
  names: string,
  description: string,
  options: { takes?: Takes<T>; initially: NoInfer<T> & string },
): T;
export function value<T = string>(
  names: string,
  description: string,
  options?: { takes?: Takes<T> },
): T | undefined;
export function value(
  names: string,
  description: string,
  { takes = {}, required = false, initially }: ValueOptions<unknown> = {},
): unknown {
  const given = { description, ...validatorOf(takes) };
  const option =
    initially === undefined
      ? Option.String(names, { ...given, required })
      : Option.String(names, initially, given);
  return declare(option, 'value', names, { description, required, initially: initially ?? null, takes });
}

/** clipanion infers a type from its validator; ours is that of the overloads above and below. */
const validatorOf = ({ validator }: Takes<unknown>): { validator?: StrictValidator<unknown, string> } =>
  validator ? { validator: validator as StrictValidator<unknown, string> } : {};

/** A repeatable option: `--type A --type B`. */
export function list(names: string, description: string): string[] {
  return declare(Option.Array(names, [], { description }), 'list', names, { description });
}

/** An option with an optional value: `--wait`, `--wait any`. Its value is true if it is left out. */
export function optionalValue(names: string, description: string): string | true | undefined {
  const option = Option.String(names, { tolerateBoolean: true, description });
  // With `tolerateBoolean` clipanion returns true or a text, never false.
  return declare(option as string | true | undefined, 'optional value', names, { description });
}

/** A positional argument. */
export function argument<T = string>(name: string, options: { takes?: Takes<T>; required: true }): T;
export function argument<T = string>(name: string, options?: { takes?: Takes<T> }): T | undefined;
export function argument(
  name: string,
  { takes = {}, required = false }: { takes?: Takes<unknown>; required?: boolean } = {},
): unknown {
  return declare(Option.String({ name, required, ...validatorOf(takes) }), 'argument', name, {
    required,
    takes,
  });
}

/** All remaining words. */
export const rest = (name: string, { required = false } = {}): string[] =>
  declare(Option.Rest({ name, required: required ? 1 : 0 }), 'rest', name, { required });

const WORKER_OPTION = ['--session', '--session-id'];

/** The worker of a command: positional, or with `--session`, which `arranged` turns into the positional argument. */
export const worker = (): string => named(Option.String({ name: 'SESSION', required: true }), true);

/** The optional worker of a command. */
export const optionalWorker = (): string | undefined =>
  named(Option.String({ name: 'SESSION', required: false }), false);

const named = <T>(option: T, required: boolean): T =>
  declare(option, 'argument', 'SESSION', { required, orOption: WORKER_OPTION });

/** The worker of a command that has another positional argument. */
export const workerOption = (description: string): string | undefined =>
  value(WORKER_OPTION.join(','), description);

/** Exactly one of these words. */
export const oneOf = <const T extends string>(words: readonly T[]): Takes<T> => ({
  validator: isEnum(words),
  words,
  strict: true,
});

/** Any word: help and completion show the known ones, and the command itself refuses others. */
export const knownWord = (words: readonly string[]): Takes<string> => ({ words });

/** A whole number from `min` to `max`. */
export const wholeNumber = (min = 0, max = Number.MAX_SAFE_INTEGER): Takes<number> => ({
  validator: applyCascade(isNumber(), [isInteger(), isAtLeast(min), isAtMost(max)]),
  min,
  max,
});

/** For a command whose answer can be longer than a terminal. */
export const pagerFlag = (): boolean =>
  flag('--pager', 'print at once, without the pager for answers longer than the terminal', true);

/** For a command whose answer is a list or a set of figures. `what` names the content of a line: `one worker`. */
export const plainFlag = (what = 'one figure'): boolean =>
  flag('--plain', `print ${what} per line, for grep and cut`);
