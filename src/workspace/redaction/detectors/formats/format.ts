import type { CharSet } from '../../text/view.ts';
import { codesOf } from '../../text/view.ts';

/**
 * A token as its issuer describes it.
 *
 * `pattern` is a subset of regular expressions: literal letters, `(?:a|b)` at its start, and classes with a length.
 * `{36}`: the known length; a longer run is redacted too, and a run of this length does not continue in the next row.
 * `{30,36}`: the shortest and the known length. `{20,}`: no known length. The literals at its start, or between a class
 * at its start and the next one, are the keyword by which it is found; upper and lower case differ.
 *
 * `check`: 'exact' for a keyword that other text may contain: a longer run is no token. 'random' for a keyword that
 * words may start with: a digit, and 16 characters in a row that are no word. `source`: the issuer's documentation.
 */
export type FormatRow = readonly [rule: string, pattern: RegExp, source: string, check?: 'exact' | 'random'];

interface Lengths {
  min: number;
  /** The known length; `max` when there is none. */
  full: number;
  max: number;
}

export interface FormatPart extends Lengths {
  set: CharSet;
}

/** A part as it is written: a class of characters by its name, or a letter. */
interface WrittenPart extends Lengths {
  name: string;
  letter?: string;
}

export interface Format {
  rule: string;
  keywords: readonly string[];
  /** What precedes the keyword; read backwards. */
  before: FormatPart | null;
  /** What follows it: literals (a set of one character) and classes. */
  parts: readonly FormatPart[];
  check?: 'exact' | 'random' | undefined;
}

/** A format as plain data: the build reads all of them ahead. */
export type WrittenFormat = Omit<Format, 'before' | 'parts'> & {
  before: WrittenPart | null;
  parts: readonly WrittenPart[];
};

/** The longest token known (an RS256 JWT with many claims) is well below. */
export const MAX_LENGTH = 8192;

const LEADING = /^(?:\(\?:([^)]*)\))?/;
const LITERALS = /^(?:(?:\\.|[\w :!%~@="'-])(?![{*+?]))+/;
const CLASS = /^(\[[^\]]+\]|\\[wd])(?:\{(\d+)(,?)(\d*)\})?/;

/** @throws when a pattern has more than the subset: a mistake in a table. */
export function writtenFormat([rule, { source }, , check]: FormatRow): WrittenFormat {
  const leading = LEADING.exec(source);
  const heads = leading?.[1]?.split('|') ?? [''];
  let rest = source.slice(leading?.[0].length ?? 0);
  let before: WrittenPart | null = null;
  let keyword = '';
  const parts: WrittenPart[] = [];
  while (rest !== '') {
    const literals = LITERALS.exec(rest);
    const found = literals ?? CLASS.exec(rest);
    if (!found) throw new Error(`format ${rule}: ${rest} is not understood`);
    rest = rest.slice(found[0].length);
    const letters = literals?.[0].replace(/\\(.)/g, '$1');
    if (letters !== undefined && parts.length === 0) keyword += letters;
    else if (letters !== undefined) parts.push(...[...letters].map(letterPart));
    else if (heads[0] === '' && keyword === '' && !before) before = classPart(found);
    else parts.push(classPart(found));
  }
  return { rule, keywords: heads.map((head) => head.replaceAll('\\', '') + keyword), before, parts, check };
}

const letterPart = (letter: string): WrittenPart => ({
  name: `[\\${letter}]`,
  letter,
  min: 1,
  full: 1,
  max: 1,
});

function classPart([, name = '', low = '1', comma = '', high = '']: RegExpExecArray): WrittenPart {
  const min = Number(low);
  const full = comma ? Number(high || MAX_LENGTH) : min;
  return { name, min, full, max: full };
}

export function formatFrom({ rule, keywords, before, parts, check }: WrittenFormat): Format {
  let made: readonly FormatPart[] | null = null;
  return {
    rule,
    keywords,
    before: before && partFrom(before),
    // Of all formats, a text meets few.
    get parts() {
      made ??= parts.map(partFrom);
      return made;
    },
    check,
  };
}

export const formatOf = (row: FormatRow): Format => formatFrom(writtenFormat(row));

const partFrom = ({ name, letter, ...lengths }: WrittenPart): FormatPart => ({
  get set() {
    return setOf(name, letter);
  },
  ...lengths,
});

/** Made when a text first needs them: a short command meets few of the formats. */
const sets = new Map<string, CharSet>();
const ASCII = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));

function setOf(name: string, letter?: string): CharSet {
  const known = sets.get(name);
  if (known) return known;
  const set = codesOf(letter ?? ASCII.replace(new RegExp(`(?!${name})[^]`, 'g'), ''));
  sets.set(name, set);
  return set;
}
