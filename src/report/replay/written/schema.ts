import Type, { type Static } from 'typebox';
import { count, list, noted, text } from '../../../lib/shapes.ts';

export const WrittenReplay = Type.Object(
  {
    file: noted(text, 'Where it was written; - is stdout.'),
    format: noted(text, '`html` or `cast`.'),
    sessions: list(text),
    events: count,
    bytes: count,
    notes: noted(list(text), 'What is not in the file, in a sentence each.'),
  },
  { title: 'WrittenReplay', description: 'With `--html` or `--cast`.' },
);
export type WrittenReplay = Static<typeof WrittenReplay>;
