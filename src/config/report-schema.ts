import Type, { type Static } from 'typebox';
import { count, flag, list, noted, nullable, oneOf, text } from '../lib/shapes.ts';

/** A problem of the config file: an error (the file is not used) or a warning. */
export const Problem = Type.Object(
  {
    severity: oneOf(['error', 'warning']),
    path: noted(text, 'Dotted, lists by index: `custom_providers[0].id`; empty for the file as a whole.'),
    line: noted(nullable(count), 'From 1; null where the problem has no place in the text.'),
    column: nullable(count),
    message: text,
    fix: noted(text, 'What to write instead.'),
  },
  { title: 'ConfigProblem' },
);
export type Problem = Static<typeof Problem>;

export const ConfigReport = Type.Object(
  {
    ok: flag,
    path: text,
    exists: flag,
    errors: noted(list(text), 'One line each, `file:line:column: what is wrong. What to write instead.`'),
    warnings: list(text),
    problems: noted(list(Problem), 'The same, in parts.'),
  },
  { description: 'What is wrong with config.yaml. The exit code is 1 where it is not used because of that.' },
);
export type ConfigReport = Static<typeof ConfigReport>;

export const FilePlace = Type.Object({ path: text, exists: flag });
export type FilePlace = Static<typeof FilePlace>;
