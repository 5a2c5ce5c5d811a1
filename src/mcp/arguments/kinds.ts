/** A type of argument: what it takes, in words for a model, and how it reads what clients send for it. */
export interface ArgumentKind<T> {
  takes: string;
  /** An argument of this kind, as JSON. */
  example: string;
  /** undefined: it cannot be read as this kind. */
  read(given: unknown): T | undefined;
  /** Whether the word `null` cannot be meant as a text. Some models write it for an argument that they leave out. */
  nullIsAbsent: boolean;
}

/** Any text, unchanged. Models write the number of a choice as a number. */
export const anyText = (example: string): ArgumentKind<string> => ({
  takes: 'a text',
  example: JSON.stringify(example),
  read: (given) => textIn(given),
  nullIsAbsent: false,
});

/** A name, such as that of a provider: without blanks around it. */
export const name = (example: string): ArgumentKind<string> => ({
  takes: 'a name',
  example: JSON.stringify(example),
  read: (given) => textIn(given)?.trim(),
  nullIsAbsent: true,
});

export const oneOf = <T extends string>(words: readonly T[], example: T): ArgumentKind<T> => ({
  takes: `one of ${words}`,
  example: JSON.stringify(example),
  read: (given) => {
    const word = typeof given === 'string' ? unquoted(given.trim()) : undefined;
    return words.find((each) => each === word) ?? words.find((each) => each === word?.toLowerCase());
  },
  nullIsAbsent: true,
});

export interface NumberBounds {
  minimum: number;
  maximum?: number;
}

export const numberWithin = (
  { minimum, maximum = Number.MAX_SAFE_INTEGER }: NumberBounds,
  example: number,
  { whole }: { whole: boolean },
): ArgumentKind<number> => ({
  takes: `a ${whole ? 'whole number' : 'number'} ${maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`}`,
  example: String(example),
  read: (given) => {
    const number = numberIn(given);
    if (number === undefined || number < minimum || number > maximum) return undefined;
    // -0 is stored and compared as another value than 0.
    return whole && !Number.isInteger(number) ? undefined : number + 0;
  },
  nullIsAbsent: true,
});

export const yesOrNo: ArgumentKind<boolean> = {
  takes: 'true or false',
  example: 'true',
  read: (given) => {
    const word = typeof given === 'string' ? given.trim().toLowerCase() : given;
    if (word === true || word === 'true' || word === 1 || word === '1') return true;
    return word === false || word === 'false' || word === 0 || word === '0' ? false : undefined;
  },
  nullIsAbsent: true,
};

/** A list of texts. Clients send it as JSON text, and a list of one as its only text. */
export const texts = (example: readonly string[]): ArgumentKind<string[]> => ({
  takes: 'a list of texts',
  example: JSON.stringify(example),
  read: (given) => {
    const list = typeof given === 'string' ? (listIn(given) ?? [given]) : given;
    if (!Array.isArray(list)) return undefined;
    const read = list.map(textIn);
    return read.every((each) => each !== undefined && each.trim() !== '') ? (read as string[]) : undefined;
  },
  nullIsAbsent: true,
});

/** An object with any keys; clients send it as JSON text. */
export const record = (example: object): ArgumentKind<Record<string, unknown>> => ({
  takes: 'an object',
  example: JSON.stringify(example),
  read: (given) => {
    const object = typeof given === 'string' ? jsonIn(given) : given;
    return isRecord(object) ? object : undefined;
  },
  nullIsAbsent: true,
});

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of a JSON text; undefined if it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textIn = (given: unknown): string | undefined => {
  if (typeof given === 'string') return given;
  return typeof given === 'number' && Number.isFinite(given) ? String(given) : undefined;
};

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const numberIn = (given: unknown): number | undefined => {
  const number = typeof given === 'string' && NUMBER.test(given.trim()) ? Number(given) : given;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

/** A name of a file may begin with a bracket, such as `[id].ts`. */
const listIn = (text: string): unknown[] | undefined => {
  const value = text.trim().startsWith('[') ? jsonIn(text) : undefined;
  return Array.isArray(value) ? value : undefined;
};

/** A word in quotes of its own: it was encoded twice. */
const unquoted = (word: string): string => {
  const value = word.startsWith('"') ? jsonIn(word) : word;
  return typeof value === 'string' ? value : word;
};

const MOST = 80;

/** A value of a client, for an error that names it. */
export function quoted(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > MOST ? `${json.slice(0, MOST)}...` : json;
}
