import type { CommandClass } from 'clipanion';
import { type Declaration, declarationOf } from './option.ts';
import type { Flag, Grammar } from './schema.ts';
import { valueNamed } from './values.ts';

/** The grammar of a command, derived from the declarations of its options. */
export function grammarOf(path: string, command: CommandClass): Grammar {
  const { category = '', description = '', details = '', examples = [] } = command.usage ?? {};
  const declared = Object.values(new command()).flatMap((field) => declarationOf(field) ?? []);
  const places = declared.filter(isPlace);
  const flags = [
    ...declared.filter((each) => !isPlace(each)).map(flagOf),
    ...places.filter(({ orOption }) => orOption).map(instead),
  ];
  return {
    path,
    category,
    description,
    details: paragraphs(details),
    examples: examples.map(([what, line]) => [what, line.replaceAll('$0', 'agentpool')]),
    arguments: places.map(({ kind, names: [name = ''], takes, required, orOption }) => ({
      ...valueNamed(name, takes),
      required,
      repeatable: kind === 'rest',
      option: orOption?.[0] ?? null,
    })),
    // Inherited options are declared first, but matter least: help lists them last.
    flags: flags.sort((one, other) => Number(isCommon(one)) - Number(isCommon(other))),
  };
}

const isPlace = ({ kind }: Declaration): boolean => kind === 'argument' || kind === 'rest';

const flagOf = ({ kind, names, description, required, initially, takes }: Declaration): Flag => ({
  names,
  value: kind === 'flag' ? null : valueNamed(names[0] ?? '', takes),
  optional: kind === 'optional value',
  description,
  required,
  repeatable: kind === 'list',
  default: initially,
});

/** The option that can replace an argument. */
const instead = ({ names: [name = ''], orOption = [], takes }: Declaration): Flag => ({
  names: orOption,
  value: valueNamed(orOption[0] ?? '', takes),
  optional: false,
  description: `another way to give ${name}`,
  required: false,
  repeatable: false,
  default: null,
});

const isCommon = ({ names }: Flag): boolean => names.includes('--json') || names.includes('--plain');

/** The text of a template literal, with lines joined and paragraphs kept. */
function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .join('\n\n');
}
