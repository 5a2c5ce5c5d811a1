import { ownerBesideRoot } from '../../config/home-owner.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { builtGrammar } from '../grammar/built.ts';
import { parse } from '../grammar/parse.ts';
import { asksForHelp } from '../help/wanted.ts';
import { fastCommands } from './index.ts';

/**
 * Runs a command line without clipanion and loads only what its command needs. Returns the exit code, or null, before
 * any effect, for a command line that this path does not handle. `leave` ends the process; a command calls it once it has
 * printed its answer, and no caller waits for what is still under way.
 */
export async function runFast(
  words: readonly string[],
  env: Env,
  leave?: (code: number) => void,
): Promise<number | null> {
  const path = pathOf(words);
  const entry = Object.hasOwn(fastCommands, path) ? fastCommands[path] : undefined;
  if (!entry) return null;
  const rest = path === '' ? words : words.slice(path.split(' ').length);
  if (entry.needs === 'words') return (await entry.load()).answer(words, env);
  const grammar = builtGrammar(path || 'status');
  const values = grammar && parse(grammar, rest);
  // The full command refuses to write there.
  if (!values || ownerBesideRoot(homeFolder(env))) return null;
  try {
    if (entry.needs === 'values') return await (await entry.load()).answer(values, env, leave);
    const { answerFromLedger } = await import('./tables.ts');
    return await answerFromLedger(await entry.load(), values, env);
  } catch (error) {
    // The full command explains the error.
    if (error instanceof AgentPoolError) return null;
    throw error;
  }
}

/** The words that name the command; `help` if any word asks for help; empty if there are only options, which are those of `status`. */
function pathOf(words: readonly string[]): string {
  const [first = '', second] = words;
  if (first !== 'complete' && first !== 'signal' && asksForHelp(words)) return 'help';
  if (Object.hasOwn(fastCommands, `${first} ${second}`)) return `${first} ${second}`;
  return first === '--json' || first === '--plain' ? '' : first;
}
