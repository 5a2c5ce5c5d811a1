import { shellLine } from '../../lib/text/shell.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { mainName, usage } from './grammar.ts';
import { type ReadCommand, read, sampleFor, sampleOf } from './read.ts';
import type { Grammar } from './schema.ts';

/** What is wrong with a command line, and the line that was probably meant, ready to paste. */
export interface CommandFault {
  message: string;
  usage: string;
  example: string;
}

/** What is wrong with the words after a command's path; null if only clipanion can detect it. */
export function faultIn(grammar: Grammar, words: readonly string[]): CommandFault | null {
  const reading = read(grammar, words);
  if (!reading.problem) return null;
  return { message: reading.problem, usage: usage(grammar), example: exampleOf(grammar, reading) };
}

/** The typed words, corrected and completed; an example of the command if that is not possible. */
function exampleOf(grammar: Grammar, { corrected, given, takes, places }: ReadCommand): string {
  const [, first = `agentpool ${grammar.path} --help`] = grammar.examples[0] ?? [];
  const filling = takes
    .filter(({ required }, index) => required && index >= places.length)
    .map((place) => sampleOf(place) ?? lastWord(grammar));
  const flags = grammar.flags
    .filter((flag) => flag.required && !given.has(flag))
    .flatMap((flag) => [mainName(flag), sampleFor(grammar, flag)]);
  const line = [...flags, ...(corrected ?? [null]), ...filling];
  const known = line.filter((word) => word !== null);
  // A line of only generated words is a poor suggestion: the example is clearer.
  const own = (corrected?.length ?? 0) > 0 || filling.length + flags.length === 0;
  return own && known.length === line.length
    ? `agentpool ${grammar.path} ${shellLine(known)}`.trimEnd()
    : first;
}

/** The last words of the first example, which are the arguments of the command if no option follows. */
const lastWord = ({ examples, path }: Grammar): string | null => {
  const words = splitLine(examples[0]?.[1] ?? '').slice(1 + path.split(' ').length);
  return words.every((word) => !word.startsWith('-')) ? (words.at(-1) ?? null) : null;
};
