import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';

/** The error for an unknown command. Suggests the one that was probably meant, or lists those of the named group. */
export function unknownCommand(words: readonly string[], known: readonly string[]): AgentPoolError {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const group = known.filter((path) => path.startsWith(`${first} `));
  if (group.length > 0) return unknownInGroup(first, second, group);
  const names = [...new Set(known.map((path) => path.split(' ', 1)[0] ?? path))];
  const nearest = suggest(`${first} ${second}`, known) ?? suggest(first, names);
  const hint = nearest ? `Did you mean: agentpool ${nearest}?` : 'See what there is: agentpool help';
  return refusal(
    `There is no command ${JSON.stringify(first)}. ${hint}`,
    nearest ? `${nearest} --help` : 'help',
  );
}

function unknownInGroup(name: string, second: string, group: readonly string[]): AgentPoolError {
  const rest = group.map((path) => path.slice(name.length + 1));
  const nearest = suggest(second, rest);
  const needs = `agentpool ${name} needs one of: ${rest.join(', ')}`;
  if (second === '') return refusal(needs, `${group[0]} --help`);
  const hint = nearest ? `Did you mean: agentpool ${name} ${nearest}?` : needs;
  const example = `${nearest ? `${name} ${nearest}` : group[0]} --help`;
  return refusal(`agentpool ${name} has no command ${JSON.stringify(second)}. ${hint}`, example);
}

const refusal = (message: string, rest: string) =>
  new AgentPoolError('UNKNOWN_COMMAND', message, { example: `agentpool ${rest}` });
