import Type, { type Static } from 'typebox';
import { count, flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

export const TranscriptPage = Type.Object(
  {
    session_id: text,
    path: text,
    exists: flag,
    mode: noted(oneOf(['page', 'tail']), '`tail` with a number of lines.'),
    tail_lines: nullable(count),
    limit: nullable(count),
    offset: noted(nullable(count), 'The first byte of `text` in the file.'),
    next_offset: noted(nullable(count), 'Where the next page begins; never inside a character.'),
    has_more: flag,
    size_bytes: count,
    text: noted(text, "The worker's own words, redacted, without what could drive a terminal: untrusted."),
  },
  { description: 'A part of what a worker printed. Offsets and limits are bytes.' },
);
export type TranscriptPage = Static<typeof TranscriptPage>;
