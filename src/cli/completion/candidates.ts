import { flagNamed, mainName } from '../grammar/grammar.ts';
import type { CompletionSource, Flag, Grammar, GrammarValue } from '../grammar/schema.ts';
import { groups } from '../help/sections.ts';

/** A word to insert at the cursor, and the description that a shell shows beside it. */
export interface CompletedWord {
  value: string;
  meaning: string;
}

/** The possible next words. `live` ones come from this home or this disk; `prefix` precedes each of them. */
export interface Candidates {
  words: CompletedWord[];
  live: CompletionSource | 'error' | null;
  prefix: string;
  /** The provider that the words name, for values that depend on it. */
  provider: string | null;
}

const none: Candidates = { words: [], live: null, prefix: '', provider: null };

/** The candidates for the last word, which is incomplete. */
export function candidates(grammars: readonly Grammar[], typed: readonly string[]): Candidates {
  const words = typed.slice(0, -1);
  const current = typed.at(-1) ?? '';
  const grammar = commandOf(grammars, words);
  const names = commandNames(grammars, words);
  if (!grammar) return { ...none, words: names };
  const rest = words.slice(grammar.path.split(' ').length);
  const found = inCommand(grammars, grammar, rest, current);
  return {
    ...found,
    words: [...(rest.length === 0 ? names : []), ...found.words],
    provider: providerIn(rest),
  };
}

function inCommand(
  grammars: readonly Grammar[],
  grammar: Grammar,
  rest: readonly string[],
  current: string,
): Candidates {
  const { given, places, pending, onlyPlaces } = readSoFar(grammar, rest);
  if (pending?.value && !(pending.optional && current.startsWith('-'))) return valuesOf(pending.value);
  if (!onlyPlaces && current.startsWith('-')) {
    const [name = '', bound] = current.split(/=(.*)/s, 2);
    const flag = grammar.flags.find(({ names }) => names.includes(name));
    if (bound !== undefined && flag?.value) return { ...valuesOf(flag.value), prefix: `${name}=` };
    return { ...none, words: flagWords(grammar, given) };
  }
  if (grammar.path === 'help') return helpWords(grammars, rest);
  const place =
    grammar.arguments[places] ??
    (grammar.arguments.at(-1)?.repeatable ? grammar.arguments.at(-1) : undefined);
  if (place) return valuesOf(place);
  return { ...none, words: onlyPlaces ? [] : flagWords(grammar, given) };
}

interface SoFar {
  given: Set<Flag>;
  places: number;
  /** The option whose value is expected next. */
  pending: Flag | null;
  onlyPlaces: boolean;
}

function readSoFar(grammar: Grammar, rest: readonly string[]): SoFar {
  const so: SoFar = { given: new Set(), places: 0, pending: null, onlyPlaces: false };
  for (const word of rest) {
    const isValue = so.pending !== null && !(so.pending.optional && word.startsWith('-'));
    so.pending = null;
    if (isValue) continue;
    if (word === '--') so.onlyPlaces = true;
    else if (so.onlyPlaces || !word.startsWith('-')) so.places += 1;
    else {
      const flag = flagNamed(grammar, word.split('=', 1)[0] ?? '');
      if (!flag) continue;
      so.given.add(flag);
      if (flag.value !== null && !word.includes('=')) so.pending = flag;
    }
  }
  return so;
}

/** All commands, or those of the named group. */
function commandNames(grammars: readonly Grammar[], words: readonly string[]): CompletedWord[] {
  const [group, ...more] = words;
  if (group === undefined) {
    const firsts = new Map<string, string>();
    for (const { path, description } of grammars) {
      const name = path.split(' ', 1)[0] ?? path;
      if (!firsts.has(name)) firsts.set(name, groups[name] ?? description);
    }
    return [...firsts].map(([value, meaning]) => ({ value, meaning }));
  }
  if (more.length > 0) return [];
  return grammars
    .filter(({ path }) => path.startsWith(`${group} `))
    .map(({ path, description }) => ({ value: path.slice(group.length + 1), meaning: description }));
}

function commandOf(grammars: readonly Grammar[], words: readonly string[]): Grammar | undefined {
  const named = (length: number) => {
    const path = words.slice(0, length).join(' ');
    return words.length >= length ? grammars.find((grammar) => grammar.path === path) : undefined;
  };
  return named(2) ?? named(1);
}

const valuesOf = ({ words, source }: GrammarValue): Candidates => ({
  ...none,
  words: (words ?? []).map((value) => ({ value, meaning: '' })),
  live: words ? null : source,
});

const flagWords = ({ flags }: Grammar, given: ReadonlySet<Flag>): CompletedWord[] => [
  ...flags
    .filter((flag) => flag.repeatable || !given.has(flag))
    .map((flag) => ({
      value: flag.default === true ? mainName(flag).replace(/^--/, '--no-') : mainName(flag),
      meaning: flag.description,
    })),
  { value: '--help', meaning: 'what it takes, with examples' },
];

function helpWords(grammars: readonly Grammar[], rest: readonly string[]): Candidates {
  if (rest[0] === 'error') return { ...none, live: rest.length === 1 ? 'error' : null };
  const about =
    rest.length === 0
      ? [
          { value: 'errors', meaning: 'every error' },
          { value: 'error', meaning: 'one error' },
        ]
      : [];
  return { ...none, words: [...commandNames(grammars, rest), ...about] };
}

function providerIn(rest: readonly string[]): string | null {
  const at = rest.indexOf('--provider');
  return at >= 0 ? (rest[at + 1] ?? null) : null;
}
