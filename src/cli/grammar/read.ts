import { isProviderName } from '../../config/provider-ids.ts';
import { suggest } from '../../lib/suggest.ts';
import { shellLine } from '../../lib/text/shell.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { flagNamed, mainName, namesOf } from './grammar.ts';
import { meantOption } from './option-intents.ts';
import type { Argument, Flag, Grammar, GrammarValue } from './schema.ts';

/** The words of a command line after the command path, as its grammar reads them. */
export interface ReadCommand {
  /** What is wrong with the first wrong word. */
  problem: string | null;
  /** The words, with corrections; null if it is unclear what was meant. */
  corrected: string[] | null;
  /** The given options with their values; a switch has true or false. */
  given: Map<Flag, (string | boolean)[]>;
  /** The expected arguments, without one that an option replaces. */
  takes: readonly Argument[];
  places: string[];
  /** Whether the last of the corrected words is an argument. */
  afterPlace: boolean;
  /**
   * The words for clipanion if there is no problem: `--session ID` is turned into an argument, and an optional value is
   * joined to its option.
   */
  arranged: string[];
}

/** Reads words by a grammar. Pure; never throws. */
export function read(grammar: Grammar, words: readonly string[]): ReadCommand {
  const reading: ReadCommand = {
    problem: null,
    corrected: [],
    given: new Map(),
    takes: placesTaken(grammar, words),
    places: [],
    afterPlace: false,
    arranged: [],
  };
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      reading.corrected?.push(word);
      reading.arranged.push(word);
      reading.afterPlace = false;
      for (const place of left) readPlace(grammar, place, reading);
      break;
    }
    if (isOption(word)) readFlag(grammar, word, left, reading);
    else readPlace(grammar, word, reading);
  }
  reading.problem ??= missing(grammar, reading);
  return reading;
}

/** `-` alone is a value: standard input or output. */
const isOption = (word: string): boolean => word.startsWith('-') && word.length > 1;

function placesTaken({ arguments: all, flags }: Grammar, words: readonly string[]): Argument[] {
  const end = words.indexOf('--');
  const typed = (end < 0 ? words : words.slice(0, end)).map((word) => word.split('=', 1)[0] ?? '');
  const isGiven = ({ option }: Argument) =>
    flags.some(({ names }) => names.includes(option ?? '') && names.some((name) => typed.includes(name)));
  return all.filter((each) => !isGiven(each));
}

function readFlag(grammar: Grammar, word: string, left: string[], reading: ReadCommand): void {
  reading.afterPlace = false;
  const [typed = '', bound] = word.split(/=(.*)/s, 2);
  const flag = flagNamed(grammar, typed);
  if (!flag) {
    const nearest = meantOption(grammar, typed) ?? suggest(typed, grammar.flags.flatMap(namesOf));
    const hint = nearest ? ` Did you mean ${nearest}?` : '';
    fail(reading, `agentpool ${grammar.path} has no option ${typed}.${hint}`, nearest ? [] : null);
    if (nearest) readFlag(grammar, bound === undefined ? nearest : `${nearest}=${bound}`, left, reading);
    return;
  }
  if (!flag.value) {
    give(reading, flag, flag.names.includes(typed));
    reading.arranged.push(word);
    if (bound !== undefined) fail(reading, `${typed} takes no value.`, [typed]);
    else reading.corrected?.push(typed);
    return;
  }
  const next = left[0] !== undefined && isOption(left[0]) ? undefined : left[0];
  if (flag.optional && bound === undefined && next === undefined) {
    give(reading, flag, true);
    reading.arranged.push(typed);
    reading.corrected?.push(typed);
    return;
  }
  const value = bound ?? (next === undefined ? undefined : left.shift());
  if (value === undefined) {
    noValue(grammar, flag, typed, left, reading);
    return;
  }
  give(reading, flag, value);
  arrange(grammar, flag, typed, value, reading);
  const wrong = wrongValue(typed, flag.value, value);
  const sample = sampleFor(grammar, flag);
  if (wrong) fail(reading, wrong.problem, [typed, wrong.meant ?? sample ?? value]);
  else reading.corrected?.push(...(bound === undefined ? [typed, value] : [word]));
}

function noValue(grammar: Grammar, flag: Flag, typed: string, left: string[], reading: ReadCommand): void {
  if (!flag.value) return;
  give(reading, flag, '');
  const sample = sampleFor(grammar, flag);
  const isNext = left[0] !== undefined && !flagNamed(grammar, left[0].split('=', 1)[0] ?? '');
  const dashed = isNext ? left.shift() : undefined;
  const fits = dashed !== undefined && !wrongValue(typed, flag.value, dashed);
  const hint = fits ? ` Bind a value that begins with - to the option: ${typed}=${shellLine([dashed])}` : '';
  const meant = fits ? [`${typed}=${dashed}`] : sample === null ? null : [typed, sample];
  fail(reading, `${typed} needs a value: ${flag.value.name}.${hint}`, meant);
}

function give({ given }: ReadCommand, flag: Flag, value: string | boolean): void {
  given.set(flag, [...(given.get(flag) ?? []), value]);
}

function arrange(
  grammar: Grammar,
  flag: Flag,
  typed: string,
  value: string,
  { arranged }: ReadCommand,
): void {
  const isPlace = grammar.arguments.some(({ option }) => option !== null && flag.names.includes(option));
  // The argument that an option can replace is always the first of its command.
  if (isPlace) arranged.unshift(value);
  else arranged.push(`${typed}=${value}`);
}

function readPlace(grammar: Grammar, word: string, reading: ReadCommand): void {
  const { takes, places } = reading;
  const last = takes.at(-1);
  const place = takes[places.length] ?? (last?.repeatable ? last : undefined);
  places.push(word);
  reading.arranged.push(word);
  if (place) {
    reading.afterPlace = true;
    const wrong = wrongValue(place.name, place, word);
    if (wrong) fail(reading, wrong.problem, [wrong.meant ?? place.words?.[0] ?? word]);
    else reading.corrected?.push(word);
    return;
  }
  const { path } = grammar;
  const twice = grammar.arguments.find((each) => !takes.includes(each));
  if (last?.source === 'prose' && reading.afterPlace) {
    // An unquoted text: the correction joins it into one word.
    const before = reading.corrected?.pop();
    fail(
      reading,
      `agentpool ${path} takes ${last.name} as one word: put it in quotes.`,
      before === undefined ? [word] : [`${before} ${word}`],
    );
  } else if (twice) {
    fail(reading, `${twice.name} and ${twice.option} both name one: give either, not both.`, []);
  } else {
    const what = takes.length === 0 ? 'nothing' : takes.map(({ name }) => name).join(' and ');
    // After `--` no word is an option.
    const isOpen = takes.length === 0 && !reading.corrected?.includes('--');
    const option = isOpen ? optionFor(grammar, word) : null;
    const hint = option ? ` The ${option.slice(2)} goes after ${option}.` : '';
    fail(
      reading,
      `${JSON.stringify(word)} is one word too many: agentpool ${path} takes ${what} besides its options.${hint}`,
      option ? asOption(grammar, option, word, reading) : [],
    );
  }
}

/** The option that an argument belongs to: the name of a provider to --provider, any other text to --task. */
function optionFor(grammar: Grammar, word: string): string | null {
  if (isProviderName(word) && flagNamed(grammar, '--provider')) return '--provider';
  return flagNamed(grammar, '--task') ? '--task' : null;
}

/** The word behind its option; the words of an unquoted task are joined. */
function asOption(grammar: Grammar, option: string, word: string, reading: ReadCommand): string[] {
  const flag = flagNamed(grammar, option);
  if (!flag) return [];
  if (reading.given.has(flag)) {
    const isOurs = reading.corrected?.at(-2) === option && option === '--task';
    return isOurs ? [`${reading.corrected?.pop() ?? ''} ${word}`] : [];
  }
  give(reading, flag, word);
  return [option, word];
}

/** Reports only the first problem, but corrects all of them. */
function fail(reading: ReadCommand, problem: string, meant: string[] | null): void {
  reading.problem ??= problem;
  if (meant === null) reading.corrected = null;
  else reading.corrected?.push(...meant);
}

function missing({ path, flags }: Grammar, { given, takes, places }: ReadCommand): string | null {
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
  { words, strict, min, max }: GrammarValue,
  typed: string,
): { problem: string; meant?: string } | null {
  if (min !== null && !isWithin(typed, min, max)) {
    const to = max === null || max === Number.MAX_SAFE_INTEGER ? 'on' : `to ${max}`;
    const kind = Number.isInteger(min) ? 'a whole number' : 'a number';
    return { problem: `${name} takes ${kind} from ${min} ${to}, not ${JSON.stringify(typed)}.` };
  }
  if (!strict || !words || words.includes(typed)) return null;
  const meant = suggest(typed, words);
  const hint = meant ? ` Did you mean ${meant}?` : '';
  const problem = `${name} is one of ${words.join(', ')}, not ${JSON.stringify(typed)}.${hint}`;
  return meant ? { problem, meant } : { problem };
}

const isWithin = (typed: string, min: number, max: number | null): boolean =>
  typed.trim() !== '' &&
  (Number.isInteger(Number(typed)) || !Number.isInteger(min)) &&
  Number(typed) >= min &&
  !(max !== null && Number(typed) > max);

/** A valid value for a flag: from an example of the command, or any of its kind. */
export function sampleFor({ examples }: Grammar, flag: Flag): string | null {
  for (const [, line] of examples) {
    const words = splitLine(line);
    const at = words.findIndex((word) => flag.names.includes(word));
    const next = words[at + 1];
    if (at >= 0 && next !== undefined) return next;
  }
  return flag.value ? sampleOf(flag.value) : null;
}

export function sampleOf({ source, words, min }: GrammarValue): string | null {
  if (words) return words[0] ?? null;
  if (source === 'session') return '@last';
  if (source === 'provider') return 'fake-question';
  if (source === 'folder') return '.';
  if (source === 'number') return String(Math.max(min ?? 0, 10));
  return null;
}
