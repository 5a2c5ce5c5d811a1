import { mainName } from './grammar.ts';
import { read } from './read.ts';
import type { Flag, Grammar, GrammarValue } from './schema.ts';

/** The value of every option and argument, by the name of its field: `--dry-run` is `dryRun`, MESSAGE is `message`. */
export type Values = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

/**
 * The fast parser: the values that clipanion would assign to the fields of the command's class, from the grammar alone.
 * null for words that it cannot parse with certainty: clipanion then parses or refuses them.
 */
export function parse(grammar: Grammar, words: readonly string[]): Values | null {
  const { problem, given, takes, places } = read(grammar, words);
  if (problem || isForClipanion(words)) return null;
  const values: Record<string, Values[string]> = {};
  for (const flag of grammar.flags) {
    const all = given.get(flag) ?? [];
    const place = grammar.arguments.find(({ option }) => flag.names.includes(option ?? ''));
    if (!place) values[fieldOf(mainName(flag))] = fieldValue(flag, all);
    else if (all.length > 0) values[fieldOf(place.name)] = all.at(-1);
  }
  for (const [index, place] of takes.entries()) {
    const field = fieldOf(place.name);
    if (place.repeatable) values[field] = places.slice(index);
    else values[field] = converted(place, places[index]);
  }
  return values;
}

/** Combined short options (-fx), and everything after `--`. */
const isForClipanion = (words: readonly string[]): boolean =>
  words.some((word) => word === '--' || /^-[^-]./.test(word));

function fieldValue(flag: Flag, all: readonly (string | boolean)[]): Values[string] {
  const last = all.at(-1) ?? flag.default ?? undefined;
  if (flag.repeatable) return all.map(String);
  return flag.value && typeof last === 'string' ? converted(flag.value, last) : last;
}

const converted = ({ min }: GrammarValue, word: string | undefined): string | number | undefined =>
  word === undefined || min === null ? word : Number(word);

/** The name of the field that holds an option or an argument. */
export const fieldOf = (name: string): string =>
  (name.startsWith('-') ? name.replace(/^-+/, '') : name.toLowerCase()).replaceAll(/-([a-z])/g, (_, letter) =>
    letter.toUpperCase(),
  );
