import { existsSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { count, flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { stripControl } from '../../lib/text/plain-text.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { readTranscript } from '../../terminal/transcript/transcript.ts';

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

type Place = Pick<SessionRow, 'id' | 'transcript_path'>;

const base = ({ id, transcript_path: path }: Place) => ({ session_id: id, path, exists: existsSync(path) });

/** A part from some byte on. `limit`: how many bytes were asked for at most; null for no limit. */
export const pageOf = (
  session: Place,
  limit: number | null,
  { text, ...place }: ReturnType<typeof readTranscript>,
): TranscriptPage => ({
  ...base(session),
  mode: 'page',
  tail_lines: null,
  limit,
  ...place,
  text: stripControl(text),
});

/** So many lines from the end, of which `text` is made. */
export const tailOf = (session: Place, lines: number, text: string): TranscriptPage => ({
  ...base(session),
  mode: 'tail',
  tail_lines: lines,
  limit: null,
  offset: null,
  next_offset: null,
  has_more: false,
  size_bytes: readTranscript(session.transcript_path, { offset: 0, limit: 1 }).size_bytes,
  text: stripControl(text),
});
