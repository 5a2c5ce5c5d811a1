import Type, { type Static } from 'typebox';
import { errorKinds } from '../../lib/error-codes/entry.ts';
import { flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

/** The source of the completions of a value: this home, the disk, or none. */
export const CompletionSource = oneOf([
  'session',
  'provider',
  'model',
  'file',
  'folder',
  'number',
  'prose',
  'word',
]);
export type CompletionSource = Static<typeof CompletionSource>;

const value = {
  name: noted(text, 'As usage shows it.'),
  source: CompletionSource,
  words: noted(nullable(list(text)), 'The only words it may be, or the usual ones.'),
  strict: noted(flag, 'Whether other words are refused before the command runs.'),
  min: noted(nullable(Type.Number()), 'The smallest number it may be; null where it is not a number.'),
  max: noted(nullable(Type.Number()), 'The largest number it may be.'),
};

export const GrammarValue = Type.Object(value, { title: 'Value' });
export type GrammarValue = Static<typeof GrammarValue>;

export const Argument = Type.Object(
  {
    ...value,
    required: flag,
    repeatable: noted(flag, 'Takes every word that follows, too.'),
    option: noted(nullable(text), 'The option that gives the same value instead.'),
  },
  { title: 'Argument', description: 'One word that a command takes by its place.' },
);
export type Argument = Static<typeof Argument>;

export const Flag = Type.Object(
  {
    names: list(text),
    value: noted(nullable(GrammarValue), 'null for a switch, which takes none.'),
    optional: noted(flag, 'The value may be left out: --name, --name VALUE or --name=VALUE.'),
    description: text,
    required: flag,
    repeatable: flag,
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
    details: noted(text, 'Paragraphs, separated by an empty line.'),
    examples: noted(list(Example), 'What the line does, and the line to type.'),
    arguments: list(Argument),
    flags: list(Flag),
  },
  { title: 'Grammar', description: 'What one command takes and does.' },
);
/** The one source of a command's help, completion, documentation, refusals and fast parser. */
export type Grammar = Static<typeof Grammar>;

const Entry = Type.Object(
  { code: text, kind: oneOf(errorKinds), means: text, fix: text },
  { title: 'ErrorEntry' },
);

export const HelpReport = Type.Union([
  Type.Object({ commands: list(Grammar) }),
  Type.Object({ errors: list(Entry) }),
]);
export type HelpReport = Static<typeof HelpReport>;
