import { type BaseContext, Cli, type CommandClass } from 'clipanion';
import { AgentPoolError, errorMessage } from '../lib/errors.ts';
import { packageVersion } from '../lib/package-root.ts';
import { hasColor } from '../report/text/style.ts';
import { printError } from '../report/views/errors.ts';
import { commands, namedCommand } from './commands/index.ts';
import type { PlainCommand } from './grammar/command.ts';
import { grammarOf } from './grammar/declared.ts';
import { grammars } from './grammar/every.ts';
import { faultIn } from './grammar/fault.ts';
import { usage } from './grammar/grammar.ts';
import { asksForHelp } from './help/wanted.ts';
import { unknownCommand } from './unknown-command.ts';

/** What a command line reads, writes and knows of its surroundings. */
type Streams = Pick<BaseContext, 'env' | 'stdin' | 'stdout' | 'stderr'>;

/** Runs one command line. Gives the exit code: 0, 1 for a refusal or failure, 2 (of `run` 64) for words that make no command. */
export async function agentpool(words: string[], streams: Streams): Promise<number> {
  const [first] = words;
  if (first === '--version' || first === '-v') {
    streams.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const path = namedCommand(words);
  if (asksForHelp(words) || isGroupAlone(words)) {
    const named = path?.split(' ') ?? words.filter((word) => !word.startsWith('-'));
    const atOnce = words.filter((word) => word === '--no-pager');
    return runCommand('help', ['help', ...named, ...atOnce], streams);
  }
  if (first === undefined || first === '--json' || first === '--plain') {
    return runCommand('status', ['status', ...words], streams);
  }
  if (path) return runCommand(path, words, streams);
  return refuse(unknownCommand(words, Object.keys(commands)), words, streams);
}

async function runCommand(path: string, words: string[], streams: Streams): Promise<number> {
  const command = (await commands[path]?.())?.default as CommandClass;
  const cli = new Cli({ binaryName: 'agentpool' });
  cli.register(command);
  const context = {
    ...Cli.defaultContext,
    ...streams,
    grammars,
    // Left to itself, clipanion looks at TERM and colours into pipes.
    ...(hasColor(streams.stdout) ? {} : { colorDepth: 1 }),
  };
  let made: ReturnType<typeof cli.process>;
  try {
    made = cli.process(words, context);
  } catch (error) {
    const { usageExit } = command as unknown as typeof PlainCommand;
    return refuse(misused(path, command, words, error), words, { ...streams, usageExit });
  }
  return cli.run(made, context);
}

const isGroupAlone = ([first, ...more]: readonly string[]): boolean =>
  more.length === 0 &&
  !Object.hasOwn(commands, first ?? '') &&
  Object.keys(commands).some((path) => path.startsWith(`${first} `));

/** Words that a command does not take: what is wrong, and the line that was probably meant. */
function misused(
  path: string,
  command: CommandClass,
  words: readonly string[],
  thrown: unknown,
): AgentPoolError {
  const grammar = grammarOf(path, command);
  const fault = faultIn(grammar, words.slice(path.split(' ').length)) ?? {
    message: errorMessage(thrown).split('\n', 1)[0] ?? '',
    usage: usage(grammar),
    example: `agentpool ${path} --help`,
  };
  return new AgentPoolError(
    'USAGE',
    fault.message,
    { usage: fault.usage, example: fault.example },
    { cause: thrown },
  );
}

const refuse = (
  error: AgentPoolError,
  words: readonly string[],
  { stdout, stderr, env, usageExit = 2 }: Streams & { usageExit?: number },
): number => printError(error, { json: words.includes('--json'), stdout, stderr, env, usageExit });
