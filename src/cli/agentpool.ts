import { Cli, type CommandClass } from 'clipanion';
import { AgentPoolError, errorMessage } from '../lib/errors.ts';
import { packageVersion } from '../lib/package-root.ts';
import { shownOn } from '../lib/text/shown-stream.ts';
import { hasColor } from '../report/text/style.ts';
import { printError } from '../report/views/errors.ts';
import { isAgentWord } from './agent-words.ts';
import { commands, namedCommand } from './commands/index.ts';
import type { PlainCommand } from './grammar/command.ts';
import { grammarOf } from './grammar/declared.ts';
import { grammars } from './grammar/every.ts';
import { faultIn } from './grammar/fault.ts';
import { usage } from './grammar/grammar.ts';
import { read } from './grammar/read.ts';
import type { Grammar } from './grammar/schema.ts';
import { asksForHelp } from './help/wanted.ts';
import type { Surroundings } from './output/call.ts';
import { runWords } from './run-words.ts';
import { meantInstead, optionFirst, unknownCommand } from './unknown-command.ts';

/** Runs one command line. Returns the exit code: 0, 1 for a refusal or failure, 2 (64 for `run`) for a usage error. */
export async function agentpool(words: string[], given: Surroundings): Promise<number> {
  const streams = { ...given, stdout: shownOn(given.stdout), stderr: shownOn(given.stderr) };
  const [first] = words;
  if (first === '--version' || first === '-v') {
    streams.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  if (first === 'complete') return complete(words.slice(1), streams);
  const path = namedCommand(words);
  if (first !== undefined && !isCommand(first) && (await isAgentWord(first, given.env)))
    return runAgent(words, streams);
  if (asksForHelp(words) || isGroupAlone(words)) {
    const named = path?.split(' ') ?? words.filter((word) => !word.startsWith('-'));
    const atOnce = words.filter((word) => word === '--no-pager');
    return runCommand('help', [...named, ...atOnce], streams);
  }
  if (first === undefined || first === '--json' || first === '--plain') {
    const [, second] = words;
    if (first && second && (isCommand(second) || (await isAgentWord(second, given.env))))
      return refuse(optionFirst(words), words, streams);
    return runCommand('status', words, streams);
  }
  if (path) return runCommand(path, words.slice(path.split(' ').length), streams);
  return refuse(unknownCommand(words, Object.keys(commands)), words, streams);
}

async function runCommand(path: string, words: string[], streams: Surroundings): Promise<number> {
  const command = (await commands[path]?.())?.default as CommandClass;
  const grammar = grammarOf(path, command);
  const cli = new Cli({ binaryName: 'agentpool' });
  cli.register(command);
  const context = {
    ...Cli.defaultContext,
    ...streams,
    grammars: () => grammars(commands),
    // By default, clipanion goes by TERM and writes colours into pipes.
    ...(hasColor(streams.stdout) ? {} : { colorDepth: 1 }),
  };
  let made: ReturnType<typeof cli.process>;
  try {
    const { arranged, problem, takes } = read(grammar, words);
    // clipanion does not know that an option can replace an argument.
    if (problem && takes.length < grammar.arguments.length) throw new Error(problem);
    made = cli.process([...path.split(' '), ...(problem ? words : arranged)], context);
  } catch (error) {
    const { usageExit } = command as unknown as typeof PlainCommand;
    const instead = meantInstead(path, words);
    return refuse(instead ?? misused(grammar, words, error), words, { ...streams, usageExit });
  }
  return cli.run(made, context);
}

/** `agentpool claude "task"`. Its exit codes are those of `run`, whose 2 means that the worker asks a question. */
async function runAgent(words: string[], streams: Surroundings): Promise<number> {
  if (asksForHelp(words)) return runCommand('help', ['run'], streams);
  const command = (await commands.run?.())?.default as CommandClass;
  const { usageExit } = command as unknown as typeof PlainCommand;
  let ran: string[];
  try {
    ran = runWords(words, grammarOf('run', command), Object.keys(commands));
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    return refuse(error, words, { ...streams, usageExit });
  }
  return runCommand('run', ran, streams);
}

/** Whether it is a command or a group of them: its name comes before that of an agent. */
const isCommand = (word: string): boolean =>
  Object.keys(commands).some((path) => path.split(' ', 1)[0] === word);

const isGroupAlone = ([first, ...more]: readonly string[]): boolean =>
  more.length === 0 &&
  !Object.hasOwn(commands, first ?? '') &&
  Object.keys(commands).some((path) => path.startsWith(`${first} `));

/** The error for words that a command does not accept: what is wrong, and the command line that was probably meant. */
function misused(grammar: Grammar, words: readonly string[], thrown: unknown): AgentPoolError {
  const fault = faultIn(grammar, words) ?? {
    message: errorMessage(thrown).split('\n', 1)[0] ?? '',
    usage: usage(grammar),
    example: `agentpool ${grammar.path} --help`,
  };
  const details = { usage: fault.usage, example: fault.example };
  return new AgentPoolError('USAGE', fault.message, details, { cause: thrown });
}

const refuse = (
  error: AgentPoolError,
  words: readonly string[],
  { stdout, stderr, env, usageExit = 2 }: Surroundings & { usageExit?: number },
): number => printError(error, { json: words.includes('--json'), stdout, stderr, env, usageExit });

/**
 * `agentpool complete` when run from the sources. The bundle answers it from the grammar that the build has written.
 */
async function complete(words: string[], { env, stdout }: Surroundings): Promise<number> {
  const { completionLines } = await import('./completion/answer.ts');
  stdout.write(await completionLines(await grammars(commands), words, env));
  return 0;
}
