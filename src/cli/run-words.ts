import { AgentPoolError } from '../lib/errors.ts';
import { shellLine } from '../lib/text/shell.ts';
import { read } from './grammar/read.ts';
import type { Argument, Grammar } from './grammar/schema.ts';
import { intentOf } from './intents.ts';
import { unknownCommand } from './unknown-command.ts';

/** `agentpool claude "task"` is `agentpool run --provider claude --task "task"`, with the options of `run`. */

const TASK: Argument = {
  name: 'TASK',
  source: 'prose',
  words: null,
  strict: false,
  min: null,
  max: null,
  required: false,
  repeatable: true,
  option: null,
};

/**
 * The words after `run` for a line that begins with an agent. A line that starts no worker by mistake matters more than
 * one that is short: a task of several words must be quoted, and the name of a command is no task.
 * @throws UNKNOWN_COMMAND, INVALID_REQUEST with the line to type instead
 */
export function runWords(
  [agent = '', ...rest]: readonly string[],
  run: Grammar,
  known: readonly string[],
): string[] {
  const { places, given, problem, arranged } = read({ ...run, arguments: [TASK] }, rest);
  const [task, ...more] = places;
  const named = new Set([...given.keys()].flatMap(({ names }) => names));
  if (named.has('--provider'))
    throw refused(`${agent} and --provider both name an agent: give one of them.`, [agent, ...places]);
  if (task === undefined) {
    // `run` explains what is wrong with an option.
    if (problem !== null) return ['--provider', agent, ...rest];
    if (['--task', '--task-file', '--task-stdin', '--tasks'].some((name) => named.has(name)))
      return ['--provider', agent, ...rest];
    throw refused(`agentpool ${agent} needs a task.`, [agent, 'Look for the parser']);
  }
  if (isLimitsWord(task)) throw unknownCommand([agent, ...places], known);
  if (more.length > 0)
    throw refused('A task of several words is one argument: quote it.', [agent, places.join(' ')]);
  if (named.has('--task') || named.has('--task-file') || named.has('--task-stdin'))
    throw refused('Give the task once: as the word after the agent, or with an option.', [agent, task]);
  if (isCommandWord(task, known))
    throw refused(`${JSON.stringify(task)} is a command and no task: agentpool ${task}`, [
      ...['run', '--provider', agent],
      ...['--task', task],
    ]);
  // After `--`, no word is an option.
  const end = arranged.includes('--') ? arranged.indexOf('--') : arranged.length;
  const options =
    problem === null ? arranged.slice(0, end).filter(isOption) : rest.toSpliced(rest.indexOf(task), 1);
  return ['--provider', agent, `--task=${task}`, ...options];
}

const isOption = (word: string): boolean => word.startsWith('-') && word.length > 1;

const isLimitsWord = (word: string): boolean =>
  /^usage|^capacity/.test(intentOf([word])?.command ?? word) && !/\s/.test(word);

const isCommandWord = (word: string, known: readonly string[]): boolean =>
  known.some((path) => path === word || path.startsWith(`${word} `)) || intentOf([word]) !== null;

const refused = (message: string, words: readonly string[]) =>
  new AgentPoolError('INVALID_REQUEST', message, { example: `agentpool ${shellLine(words)}` });
