import Type, { type Static } from 'typebox';
import { count, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

/** A problem of the config file: an error (the file is not used) or a warning. */
export const Problem = Type.Object(
  {
    severity: oneOf(['error', 'warning']),
    path: noted(text, 'Dotted, lists by index: `custom_providers[0].id`; empty for the file as a whole.'),
    line: noted(nullable(count), 'From 1; null if the problem has no position in the text.'),
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
    problems: noted(list(Problem), 'The same problems, as objects.'),
  },
  { description: 'The problems of config.yaml. The exit code is 1 if the file is not used because of them.' },
);
export type ConfigReport = Static<typeof ConfigReport>;

export const FilePlace = Type.Object({ path: text, exists: flag });
export type FilePlace = Static<typeof FilePlace>;
