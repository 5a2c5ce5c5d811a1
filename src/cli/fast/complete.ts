import type { Env } from '../../config/paths.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { candidates } from '../completion/candidates.ts';
import { liveWords } from '../completion/live.ts';
import { builtGrammars } from '../grammar/built.ts';
import { print } from './print.ts';

/**
 * `agentpool complete SHELL WORD...`, which the scripts of `agentpool completion` run at every Tab: a candidate a line,
 * a tab before its meaning; `:file` or `:folder` where the shell knows better. Opens the ledger to read at the most,
 * and says nothing at all where something is wrong: its words would stand in somebody's command line.
 */
export async function quickComplete(words: readonly string[], env: Env): Promise<true> {
  try {
    for (const line of await completed(words, env)) print(`${line}\n`);
  } catch {
    // As above.
  }
  return true;
}

async function completed([shell = '', ...typed]: readonly string[], env: Env): Promise<string[]> {
  const words = shell === 'bash' ? wordsOfLine(typed[0] ?? '') : typed;
  const found = candidates(builtGrammars() ?? (await everyGrammar()), words);
  if (found.live === 'file' || found.live === 'folder') return [`:${found.live}`];
  const current = (words.at(-1) ?? '').slice(found.prefix.length);
  return [...found.words, ...(await liveWords(found, env))]
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, meaning }) => `${found.prefix}${value}\t${meaning.replace(/\s+/g, ' ').slice(0, 100)}`);
}

/** The words behind the program in a line up to the cursor; the last is empty where none is begun. */
const wordsOfLine = (line: string): string[] => [
  ...splitLine(line).slice(1),
  ...(/\s$/.test(line) ? [''] : []),
];

async function everyGrammar() {
  const { everyGrammar } = await import('../grammar/every.ts');
  return everyGrammar();
}
