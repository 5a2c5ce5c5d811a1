import type { CommandClass } from 'clipanion';
import { flagBefore, limitsOf } from './option.ts';
import type { Flag, Grammar } from './schema.ts';
import { valueNamed } from './values.ts';

/** What clipanion's options say about themselves while they are built. */
interface Declared {
  addOption(option: {
    names: string[];
    arity: number;
    allowBinding?: boolean;
    description?: string;
    required?: boolean;
  }): void;
  addPositional(argument: { name: string; required: boolean }): void;
  addRest(rest: { name: string; required: number }): void;
}

/** An option as clipanion makes it, until a command line gives it a value. */
interface Declaration {
  definition(builder: Declared, key: string): void;
  transformer(builder: unknown, key: string, state: object, context: object): unknown;
}

/** clipanion tells usage as text only (and calls every value #0), so its options are asked themselves. */
export function grammarOf(path: string, command: CommandClass): Grammar {
  const { category = '', description = '', details = '', examples = [] } = command.usage ?? {};
  const grammar: Grammar = {
    path,
    category,
    description,
    details: paragraphs(details),
    examples: examples.map(([what, line]) => [what, line.replaceAll('$0', 'agentpool')]),
    arguments: [],
    flags: [],
  };
  for (const [key, option] of Object.entries(new command())) {
    if (isDeclaration(option)) option.definition(collector(grammar, option), key);
  }
  // What is inherited is declared first, and matters last.
  grammar.flags.sort((one, other) => Number(isCommon(one)) - Number(isCommon(other)));
  return grammar;
}

function collector(grammar: Grammar, option: Declaration): Declared {
  const limits = limitsOf(option);
  return {
    addOption: ({ names, arity, allowBinding = true, description = '', required = false }) => {
      const initial = initialValue(option);
      grammar.flags.push({
        names,
        value: allowBinding ? valueNamed(names[0] ?? '', limits) : null,
        bound: allowBinding && arity === 0,
        apart: false,
        description,
        required,
        many: collects(option, names[0]),
        default: typeof initial === 'string' || typeof initial === 'boolean' ? initial : null,
      });
    },
    addPositional: ({ name, required }) => {
      const flag = grammar.flags.find(({ names }) => names.includes(flagBefore(option) ?? ''));
      if (flag) flag.apart = true;
      else grammar.arguments.push({ ...valueNamed(name, limits), required, many: false });
    },
    addRest: ({ name, required = 0 }) =>
      grammar.arguments.push({ ...valueNamed(name, limits), required: required > 0, many: true }),
  };
}

const nothingSaid = { options: [], positionals: [] };

const initialValue = (option: Declaration): unknown => option.transformer(null, '', nothingSaid, { env: {} });

/** Whether it keeps every value that it is given: an array option without a default shows that only then. */
function collects(option: Declaration, name: string | undefined): boolean {
  try {
    const said = { ...nothingSaid, options: [{ name, value: '' }] };
    return Array.isArray(option.transformer(null, '', said, { env: {} }));
  } catch {
    return false;
  }
}

const isDeclaration = (value: unknown): value is Declaration =>
  typeof value === 'object' && value !== null && 'definition' in value && 'transformer' in value;

const isCommon = ({ names }: Flag): boolean => names.includes('--json') || names.includes('--plain');

/** The text of a template literal: lines joined, paragraphs kept. */
function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .join('\n\n');
}
