import { AgentPoolError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { quoted } from './kinds.ts';
import type { Arguments, Param, Params } from './parameters.ts';

/**
 * Reads the arguments of a call by the tool's parameters, and fills in defaults. It takes what clients cannot help
 * sending: null, an empty text or an empty list for an argument that is left out, numbers and booleans as text, lists
 * and objects as JSON text. Throws INVALID_ARGUMENTS, which names every argument that is something else, and what it
 * takes.
 */
export function readArguments<P extends Params>(
  tool: string,
  params: P,
  given: Record<string, unknown>,
): Arguments<P> {
  const unknown = Object.keys(given).filter(
    (key) => !Object.hasOwn(params, key) && !isDummy(key, given[key], params),
  );
  const problems = unknown.map(
    (key) => `there is no parameter ${JSON.stringify(key)}.${didYouMean(key, Object.keys(params))}`,
  );
  const read = Object.entries(params).map(([key, param]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (isAbsent(value, param)) {
      if (param.required) problems.push(`${key} is missing; it takes ${taken(param)}`);
      return [key, param.fallback];
    }
    const argument = param.kind.read(value);
    if (argument === undefined) problems.push(`${key} ${misfit(param)}, not ${quoted(value)}`);
    return [key, argument];
  });
  if (problems.length > 0) throw refused(tool, params, problems);
  return Object.fromEntries(read) as Arguments<P>;
}

/** Cursor sends a dummy to tools without parameters; nothing is lost with an unknown argument that is null. */
const isDummy = (key: string, value: unknown, params: Params): boolean =>
  value === null || value === undefined || (key === 'random_string' && Object.keys(params).length === 0);

function isAbsent(value: unknown, { kind, required }: Param<unknown>): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'string') return false;
  const word = value.trim();
  if (word === '') return true;
  return !required && kind.nullIsAbsent && (word === 'null' || word === '[]');
}

const misfit = ({ kind, schema }: Param<unknown>): string =>
  schema.enum ? `is ${kind.takes}` : `takes ${taken({ kind })}`;

const taken = ({ kind }: Pick<Param<unknown>, 'kind'>): string =>
  `${kind.takes}, for example ${kind.example}`;

const MOST_PROBLEMS = 5;

function refused(tool: string, params: Params, problems: readonly string[]): AgentPoolError {
  const names = Object.entries(params).map(([key, { required }]) => (required ? `${key} (required)` : key));
  const least = Object.entries(params).filter(([, { required }]) => required);
  const example = `{${least.map(([key, { kind }]) => `${JSON.stringify(key)}: ${kind.example}`).join(', ')}}`;
  return new AgentPoolError(
    'INVALID_ARGUMENTS',
    `${tool}: ${problems.slice(0, MOST_PROBLEMS).join('; ')}. It takes: ${names.join(', ') || 'nothing'}. For example: ${example}`,
    { tool },
  );
}
