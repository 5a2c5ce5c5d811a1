import type { Env } from '../../config/paths.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import type { Grammar } from '../grammar/schema.ts';
import { candidates } from './candidates.ts';
import { liveWords } from './live.ts';

/**
 * The answer to `agentpool complete SHELL WORD...`, which the scripts of `agentpool completion` run on every Tab: one
 * candidate per line, a tab before its meaning; `:file` or `:folder` where the shell completes paths itself. Only reads
 * the ledger. Empty if anything fails: an error would appear in the user's command line.
 */
export async function completionLines(
  grammars: readonly Grammar[],
  words: readonly string[],
  env: Env,
): Promise<string> {
  try {
    return (await completed(grammars, words, env)).map((line) => `${line}\n`).join('');
  } catch {
    return '';
  }
}

async function completed(
  grammars: readonly Grammar[],
  [shell = '', ...typed]: readonly string[],
  env: Env,
): Promise<string[]> {
  const words = shell === 'bash' ? wordsOfLine(typed[0] ?? '') : typed;
  const found = candidates(grammars, words);
  if (found.live === 'file' || found.live === 'folder') return [`:${found.live}`];
  const current = (words.at(-1) ?? '').slice(found.prefix.length);
  return [...found.words, ...(await liveWords(found, env))]
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, meaning }) => `${found.prefix}${value}\t${meaning.replace(/\s+/g, ' ').slice(0, 100)}`);
}

/** The words between the program and the cursor. The last one is empty if the cursor follows a space. */
const wordsOfLine = (line: string): string[] => [
  ...splitLine(line).slice(1),
  ...(/\s$/.test(line) ? [''] : []),
];
