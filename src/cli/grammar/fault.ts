import { suggest } from '../../lib/suggest.ts';
import { shellLine } from '../../lib/text/shell.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { isSwitchedBy, mainName, namesOf, usage } from './grammar.ts';
import type { Flag, Grammar, Value } from './schema.ts';

/** What is wrong with a command line, and the line that was probably meant: it works when pasted. */
export interface Fault {
  message: string;
  usage: string;
  example: string;
}

/** What the words after a command's path say wrongly; null where only clipanion knows. */
export function faultIn(grammar: Grammar, words: readonly string[]): Fault | null {
  const reading = read(grammar, words);
  const problem = reading.problem ?? missing(grammar, reading);
  if (!problem) return null;
  return { message: problem, usage: usage(grammar), example: exampleOf(grammar, reading) };
}

interface Reading {
  /** The first word that is wrong. */
  problem: string | null;
  /** The words, mended as far as can be told what was meant; null where that can not be. */
  corrected: string[] | null;
  given: Set<Flag>;
  places: string[];
  /** Whether the last of the mended words is an argument. */
  afterPlace: boolean;
}

function read(grammar: Grammar, words: readonly string[]): Reading {
  const reading: Reading = { problem: null, corrected: [], given: new Set(), places: [], afterPlace: false };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      reading.corrected?.push(word);
      reading.afterPlace = false;
      for (const place of rest) readPlace(grammar, place, reading);
      break;
    }
    if (word.startsWith('-') && word.length > 1) readFlag(grammar, word, rest, reading);
    else readPlace(grammar, word, reading);
  }
  return reading;
}

function readFlag(grammar: Grammar, word: string, rest: string[], reading: Reading): void {
  reading.afterPlace = false;
  const [typed = '', bound] = word.split(/=(.*)/s, 2);
  const flag = flagNamed(grammar, typed);
  if (!flag) {
    const nearest = suggest(typed, grammar.flags.flatMap(namesOf));
    const hint = nearest ? ` Did you mean ${nearest}?` : '';
    say(reading, `agentpool ${grammar.path} has no option ${typed}.${hint}`, nearest ? [] : null);
    if (nearest) readFlag(grammar, bound === undefined ? nearest : `${nearest}=${bound}`, rest, reading);
    return;
  }
  reading.given.add(flag);
  if (!flag.value) {
    if (bound !== undefined) say(reading, `${typed} takes no value.`, [typed]);
    else reading.corrected?.push(typed);
    return;
  }
  const next = flag.apart && !rest[0]?.startsWith('-') ? rest[0] : undefined;
  if (flag.bound && bound === undefined && next === undefined) {
    reading.corrected?.push(typed);
    return;
  }
  const value = bound ?? (rest[0]?.startsWith('-') ? undefined : rest.shift());
  const sample = sampleFor(grammar, flag);
  if (value === undefined) {
    const isNext = rest[0] !== undefined && !flagNamed(grammar, rest[0].split('=', 1)[0] ?? '');
    const dashed = isNext ? rest.shift() : undefined;
    const fits = dashed !== undefined && !wrongValue(typed, flag.value, dashed);
    const hint = fits ? ` One that begins with - is bound to it: ${typed}=${shellLine([dashed])}` : '';
    const meant = fits ? [`${typed}=${dashed}`] : sample === null ? null : [typed, sample];
    say(reading, `${typed} needs a value: ${flag.value.name}.${hint}`, meant);
    return;
  }
  const wrong = wrongValue(typed, flag.value, value);
  if (wrong) say(reading, wrong.problem, [typed, wrong.meant ?? sample ?? value]);
  else reading.corrected?.push(...(bound === undefined ? [typed, value] : [word]));
}

function readPlace({ path, arguments: takes }: Grammar, word: string, reading: Reading): void {
  const place = takes[reading.places.length] ?? (takes.at(-1)?.many ? takes.at(-1) : undefined);
  reading.places.push(word);
  if (place) {
    reading.afterPlace = true;
    const wrong = wrongValue(place.name, place, word);
    if (wrong) say(reading, wrong.problem, [wrong.meant ?? place.words?.[0] ?? word]);
    else reading.corrected?.push(word);
    return;
  }
  const last = takes.at(-1);
  if (last?.source === 'prose' && reading.afterPlace) {
    // A text that was not quoted: it is one word.
    const before = reading.corrected?.pop();
    say(
      reading,
      `agentpool ${path} takes ${last.name} as one word: put it in quotes.`,
      before === undefined ? [word] : [`${before} ${word}`],
    );
  } else {
    const takesWhat = takes.length === 0 ? 'nothing' : takes.map(({ name }) => name).join(' and ');
    say(
      reading,
      `${JSON.stringify(word)} is one word too many: agentpool ${path} takes ${takesWhat} beside its options.`,
      [],
    );
  }
}

/** Only the first problem is told; what was meant is gathered of all. */
function say(reading: Reading, problem: string, meant: string[] | null): void {
  reading.problem ??= problem;
  if (meant === null) reading.corrected = null;
  else reading.corrected?.push(...meant);
}

function missing({ path, arguments: takes, flags }: Grammar, { given, places }: Reading): string | null {
  const lacking = [
    ...takes.filter(({ required }, index) => required && index >= places.length).map(({ name }) => name),
    ...flags
      .filter((flag) => flag.required && !given.has(flag))
      .map((flag) => `${mainName(flag)} ${flag.value?.name ?? ''}`.trim()),
  ];
  return lacking.length > 0 ? `agentpool ${path} needs ${lacking.join(' and ')}.` : null;
}

function wrongValue(
  name: string,
  { words, strict, least, most }: Value,
  said: string,
): { problem: string; meant?: string } | null {
  if (least !== null && !isWithin(said, least, most)) {
    const to = most === null || most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`;
    return { problem: `${name} takes a whole number from ${least} ${to}, not ${JSON.stringify(said)}.` };
  }
  if (!strict || !words || words.includes(said)) return null;
  const meant = suggest(said, words);
  const hint = meant ? ` Did you mean ${meant}?` : '';
  const problem = `${name} is one of ${words.join(', ')}, not ${JSON.stringify(said)}.${hint}`;
  return meant ? { problem, meant } : { problem };
}

const isWithin = (said: string, least: number, most: number | null): boolean =>
  said.trim() !== '' &&
  Number.isInteger(Number(said)) &&
  Number(said) >= least &&
  !(most !== null && Number(said) > most);

/** The words that were typed, mended and filled up; an example of the command where that can not be done. */
function exampleOf(grammar: Grammar, { corrected, given, places }: Reading): string {
  const [, first = `agentpool ${grammar.path} --help`] = grammar.examples[0] ?? [];
  const filling = grammar.arguments
    .filter(({ required }, index) => required && index >= places.length)
    .map((place) => sampleOf(place) ?? lastWord(grammar));
  const flags = grammar.flags
    .filter((flag) => flag.required && !given.has(flag))
    .flatMap((flag) => [mainName(flag), sampleFor(grammar, flag)]);
  const line = [...flags, ...(corrected ?? [null]), ...filling];
  const said = line.filter((word) => word !== null);
  // Where only what lacks would stand there, an example says more.
  const own = (corrected?.length ?? 0) > 0 || filling.length + flags.length === 0;
  return own && said.length === line.length
    ? `agentpool ${grammar.path} ${shellLine(said)}`.trimEnd()
    : first;
}

/** What may stand as the value of a flag: what an example of the command gives it, or anything of its kind. */
function sampleFor({ examples }: Grammar, flag: Flag): string | null {
  for (const [, line] of examples) {
    const words = splitLine(line);
    const at = words.findIndex((word) => flag.names.includes(word));
    const next = words[at + 1];
    if (at >= 0 && next !== undefined) return next;
  }
  return flag.value ? sampleOf(flag.value) : null;
}

/** What the first example has last: the arguments of a command stand there when no option follows. */
const lastWord = ({ examples, path }: Grammar): string | null => {
  const words = splitLine(examples[0]?.[1] ?? '').slice(1 + path.split(' ').length);
  return words.every((word) => !word.startsWith('-')) ? (words.at(-1) ?? null) : null;
};

function sampleOf({ source, words, least }: Value): string | null {
  if (words) return words[0] ?? null;
  if (source === 'session') return '@last';
  if (source === 'provider') return 'fake-question';
  if (source === 'folder') return '.';
  if (source === 'number') return String(Math.max(least ?? 0, 10));
  return null;
}

const flagNamed = ({ flags }: Grammar, typed: string): Flag | undefined =>
  flags.find((flag) => isSwitchedBy(flag, typed));
