import { isProviderName } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shellLine } from '../lib/text/shell.ts';
import { insteadOf, intentOf } from './intents.ts';

/** The options of `agentpool` itself. */
const OWN_OPTIONS = ['--version', '-v', '--help', '-h', '--json', '--plain'];

/** The error for an unknown command. Suggests the one that was probably meant, or lists those of the named group. */
export function unknownCommand(typed: readonly string[], known: readonly string[]): AgentPoolError {
  const words = typed.filter((word) => !word.startsWith('-'));
  const [option = ''] = typed;
  if (option.startsWith('-') && option.length > 1) return unknownOption(option, words, known);
  const [first = '', second = ''] = words;
  const group = known.filter((path) => path.startsWith(`${first} `));
  if (group.length > 0) return unknownInGroup(words, group);
  const says = `There is no command ${JSON.stringify(first)}.`;
  const instead = insteadOf(first);
  if (instead) return refusal(`${says} ${instead}`, 'help');
  // A typo of a command is meant as such; only then its letters count more than its sense.
  const names = [...new Set(known.map((path) => path.split(' ', 1)[0] ?? path))];
  const intent = intentOf(words);
  if (intent) {
    const rest = words.slice(intent.named);
    // A message goes to a worker, a task to an agent.
    const isTask = intent.command === 'send' && rest.some(isProviderName);
    return meant(says, isTask ? 'spawn' : intent.command, rest);
  }
  const nearest = suggest(`${first} ${second}`, known) ?? suggest(first, names);
  if (nearest) return meant(says, nearest, []);
  if (isProviderName(first)) return meantAgent(says, words);
  return refusal(`${says} See what there is: agentpool help`, 'help');
}

/**
 * The error for words after a command that takes other ones, such as `sessions list`; null if they mean no command.
 */
export function meantInstead(path: string, words: readonly string[]): AgentPoolError | null {
  const [second = ''] = words;
  const intent = path.includes(' ') ? null : intentOf([path, second]);
  if (intent?.named !== 2) return null;
  return meant(`agentpool ${path} takes no ${JSON.stringify(second)}.`, intent.command, words.slice(1));
}

/** The error for an option of a command, or of an agent, that is typed before it. */
export function optionFirst([option = '', ...rest]: readonly string[]): AgentPoolError {
  const line = shellLine([...rest, option]);
  return refusal(`Options go after the command: agentpool ${line}`, line);
}

function unknownOption(option: string, words: readonly string[], known: readonly string[]): AgentPoolError {
  const says = `agentpool has no option ${option.split('=', 1)[0]}.`;
  const [first = '', second = ''] = words;
  const named = [`${first} ${second}`, first].find((path) => known.includes(path));
  if (named !== undefined)
    return refusal(`${says} Options go after the command: agentpool ${named} ${option}`, `${named} --help`);
  const letters = option.toLowerCase().replace(/^-+/, '--');
  const nearest = OWN_OPTIONS.includes(letters)
    ? letters
    : suggest(
        letters,
        OWN_OPTIONS.filter((each) => each.startsWith('--')),
      );
  if (option === '-V') return meant(says, '--version', []);
  return nearest ? meant(says, nearest, []) : refusal(`${says} See what there is: agentpool help`, 'help');
}

function unknownInGroup(words: readonly string[], group: readonly string[]): AgentPoolError {
  const [name = '', second = ''] = words;
  const rest = group.map((path) => path.slice(name.length + 1));
  const needs = `agentpool ${name} needs one of: ${rest.join(', ')}`;
  if (second === '') return refusal(needs, `${group[0]} --help`);
  const says = `agentpool ${name} has no command ${JSON.stringify(second)}.`;
  const intent = intentOf(words);
  if (intent?.named === 2) return meant(says, intent.command, words.slice(2));
  const nearest = suggest(second, rest);
  if (nearest) return meant(says, `${name} ${nearest}`, []);
  if (isSession(second) && group.includes(`${name} show`)) return meant(says, `${name} show`, [second]);
  return refusal(`${says} ${needs}`, `${group[0]} --help`);
}

/**
 * Suggests a command, with what of it was typed: a session, a message, a provider and its task. The example is that line
 * where nothing is missing, else the help of the command.
 */
function meant(says: string, command: string, rest: readonly string[]): AgentPoolError {
  const { words, isWhole } = completed(command, rest);
  const line = [
    command,
    ...(words.length > 0 ? [shellLine(words)] : []),
    ...(isWhole ? [] : missing(command)),
  ];
  const path = command.split(' --', 1)[0] ?? command;
  const runs = isWhole && (words.length > 0 || command.includes('--'));
  return refusal(
    `${says} Did you mean: agentpool ${line.join(' ')}?`,
    runs ? line.join(' ') : `${path} --help`,
  );
}

function completed(command: string, rest: readonly string[]): { words: string[]; isWhole: boolean } {
  const [session] = rest.filter(isSession);
  const named = session === undefined ? [] : [session];
  const others = rest.filter((word) => !isSession(word));
  switch (command) {
    case 'send': {
      const text = others.join(' ');
      return { words: [...named, ...(text ? [text] : [])], isWhole: named.length > 0 && text !== '' };
    }
    case 'spawn': {
      const [provider] = others.filter(isProviderName);
      const task = others.filter((word) => word !== provider).join(' ');
      const words = [...(provider ? ['--provider', provider] : []), ...(task ? ['--task', task] : [])];
      return { words, isWhole: provider !== undefined && task !== '' };
    }
    case 'answer':
      return { words: named, isWhole: false };
    default:
      return { words: named, isWhole: true };
  }
}

/** What the person has to supply, for commands that do nothing without it. */
const missing = (command: string): string[] => (command === 'answer' ? ['--choice "..."'] : []);

const isSession = (word: string): boolean => word === '@last' || /^ap_\w+$/.test(word);

/** `claude` and `claude-code` are agents, not commands; a word of usage after one asks what is left of it. */
function meantAgent(says: string, [agent = '', ...rest]: readonly string[]): AgentPoolError {
  const asked = intentOf(rest)?.command ?? rest[0] ?? '';
  const isLimits = /^usage|^capacity/.test(asked);
  return isLimits ? meant(says, `usage --provider ${agent}`, []) : meant(says, 'spawn', [agent, ...rest]);
}

const refusal = (message: string, rest: string) =>
  new AgentPoolError('UNKNOWN_COMMAND', message, { example: `agentpool ${rest}` });
