import Type, { type Static } from 'typebox';
import { errorKinds } from '../../lib/error-codes/entry.ts';
import { flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

/** Where the words come from that a value may be: from this home while it is typed, from the disk, or nowhere. */
export const Source = oneOf(['session', 'provider', 'model', 'file', 'folder', 'number', 'prose', 'word']);
export type Source = Static<typeof Source>;

const value = {
  name: noted(text, 'As usage shows it.'),
  source: Source,
  words: noted(nullable(list(text)), 'The only words it may be, or the usual ones.'),
  strict: noted(flag, 'Whether other words are refused before the command runs.'),
  least: nullable(Type.Number()),
  most: nullable(Type.Number()),
};

export const Value = Type.Object(value, { title: 'Value' });
export type Value = Static<typeof Value>;

export const Argument = Type.Object(
  { ...value, required: flag, many: noted(flag, 'Takes every word that follows, too.') },
  { title: 'Argument', description: 'One word that a command takes by its place.' },
);
export type Argument = Static<typeof Argument>;

export const Flag = Type.Object(
  {
    names: list(text),
    value: noted(nullable(Value), 'null: a switch, that takes none.'),
    bound: noted(flag, 'The value may be left out, and is else bound to the name: --name=value.'),
    apart: noted(flag, 'Such a value may also be the next word: --name value.'),
    description: text,
    required: flag,
    many: flag,
    default: Type.Union([text, flag, Type.Null()]),
  },
  { title: 'Flag', description: 'One option, under all its names.' },
);
export type Flag = Static<typeof Flag>;

const pair = { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 };
const Example = Type.Unsafe<[what: string, line: string]>(pair);

export const Grammar = Type.Object(
  {
    path: text,
    category: text,
    description: text,
    details: noted(text, 'Paragraphs, an empty line between.'),
    examples: noted(list(Example), 'What it is good for, and the line to type.'),
    arguments: list(Argument),
    flags: list(Flag),
  },
  { title: 'Grammar', description: 'What one command takes and is for.' },
);
/** The one source of a command's help, its completion, its page and of what a refusal says. */
export type Grammar = Static<typeof Grammar>;

const Entry = Type.Object(
  { code: text, kind: oneOf(errorKinds), means: text, mend: text },
  { title: 'ErrorEntry' },
);

export const HelpReport = Type.Union([
  Type.Object({ commands: list(Grammar) }),
  Type.Object({ errors: list(Entry) }),
]);
export type HelpReport = Static<typeof HelpReport>;
