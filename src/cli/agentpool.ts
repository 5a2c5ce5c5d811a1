import { Cli, type CommandClass } from 'clipanion';
import { packageVersion } from '../config/package-root.ts';
import { suggest } from '../config/suggest.ts';
import { commands, namedCommand } from './commands.ts';
import { hasColor, paint } from './output/style.ts';

/** Runs one command line. Gives the exit code: 0, 1 for a refusal or failure, 2 for words that make no command. */
export async function agentpool(words: string[]): Promise<number> {
  const [first] = words;
  if (first === '--version' || first === '-v') return say(packageVersion());
  if (first === '--help' || first === '-h') return say((await cliOf(Object.keys(commands))).usage());
  if (first === undefined || first === '--json' || first === '--plain')
    return runCommand('status', ['status', ...words]);
  const path = namedCommand(words);
  return path ? runCommand(path, words) : unknownCommand(words);
}

async function runCommand(path: string, words: string[]): Promise<number> {
  const cli = await cliOf([path]);
  const context = {
    ...Cli.defaultContext,
    ...(hasColor(process.stdout) ? {} : { colorDepth: 1 }),
  };
  let command: ReturnType<typeof cli.process>;
  try {
    command = cli.process(words, context);
  } catch (error) {
    return refuse(path, words, error, cli);
  }
  return cli.run(command, context);
}

async function cliOf(paths: readonly string[]): Promise<Cli> {
  const cli = new Cli({
    binaryLabel: 'AgentPool',
    binaryName: 'agentpool',
    binaryVersion: packageVersion(),
    // Left to itself, clipanion looks at TERM and colours into pipes.
    enableColors: hasColor(process.stdout),
  });
  const classes = await Promise.all(paths.map((path) => commands[path]?.()));
  for (const loaded of classes) if (loaded) cli.register(loaded.default as CommandClass);
  return cli;
}

/** Words that a command does not take: what is wrong, in one line, and how it is used. */
function refuse(path: string, words: readonly string[], thrown: unknown, cli: Cli): number {
  const [problem = 'The words make no command.'] = (
    thrown instanceof Error ? thrown.message : String(thrown)
  ).split('\n');
  const usage = cli.definitions()[0]?.usage ?? `agentpool ${path}`;
  if (words.includes('--json')) {
    const details = { usage, example: `agentpool ${path} --help` };
    process.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', message: problem, details } })}\n`);
  } else {
    const color = paint(process.stderr);
    process.stderr.write(
      `${color.red('error')} ${problem}\n  usage: ${usage}\n  help:  agentpool ${path} --help\n`,
    );
  }
  return 2;
}

function unknownCommand(words: readonly string[]): number {
  const named = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  const known = Object.keys(commands);
  const group = known.filter((path) => path.startsWith(`${named[0]} `));
  const nearest = suggest(named.join(' '), known) ?? suggest(named[0] ?? '', known);
  const message = group.length
    ? `agentpool ${named[0]} needs one of: ${group.map((path) => path.slice(path.indexOf(' ') + 1)).join(', ')}`
    : `There is no command ${JSON.stringify(named.join(' '))}.${nearest ? ` Did you mean: agentpool ${nearest}?` : ''}`;
  const example = `agentpool ${group[0] ?? nearest ?? ''} --help`.replace('  ', ' ');
  if (words.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ error: { code: 'UNKNOWN_COMMAND', message, details: { example } } })}\n`,
    );
  } else {
    process.stderr.write(`${paint(process.stderr).red('error')} ${message}\n  help: ${example}\n`);
  }
  return 2;
}

function say(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`);
  return 0;
}
