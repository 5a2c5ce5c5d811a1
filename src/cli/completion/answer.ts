import type { Env } from '../../config/paths.ts';
import { splitLine } from '../../lib/text/split-line.ts';
import { agentWords, isAgentWord } from '../agent-words.ts';
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
  const words = await asCommand(grammars, shell === 'bash' ? wordsOfLine(typed[0] ?? '') : typed, env);
  const found = candidates(grammars, words);
  if (found.live === 'file' || found.live === 'folder') return [`:${found.live}`];
  const current = (words.at(-1) ?? '').slice(found.prefix.length);
  // All of them would hide the commands, which a person looks for on an empty word.
  const agents = words.length === 1 && current !== '' ? await agentWords(env) : [];
  return [
    ...found.words,
    ...(await liveWords(found, env)),
    ...agents.map((value) => ({ value, meaning: 'give this agent a task: agentpool run' })),
  ]
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, meaning }) => `${found.prefix}${value}\t${meaning.replace(/\s+/g, ' ').slice(0, 100)}`);
}

/** A line that begins with an agent is one of `run`. */
async function asCommand(
  grammars: readonly Grammar[],
  words: readonly string[],
  env: Env,
): Promise<readonly string[]> {
  const [first = '', ...rest] = words;
  const isCommand = grammars.some(({ path }) => path.split(' ', 1)[0] === first);
  if (rest.length === 0 || isCommand || !(await isAgentWord(first, env))) return words;
  return ['run', '--provider', first, ...rest];
}

/** The words between the program and the cursor. The last one is empty if the cursor follows a space. */
const wordsOfLine = (line: string): string[] => [
  ...splitLine(line).slice(1),
  ...(/\s$/.test(line) ? [''] : []),
];
