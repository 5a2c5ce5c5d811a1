import type { Picture, Piece, RowTuple } from '../../../terminal/recording/format.ts';
import type { Mark } from './marks.ts';
import { rowAnsi } from './row-ansi.ts';

export interface CastOptions {
  title: string;
  marks: readonly Mark[];
}

/** Seconds. A player shortens longer pauses to this: a worker may wait for hours. */
const IDLE_LIMIT_S = 2;

/**
 * An asciicast of version 2, line by line: what asciinema and its players take. A change of size is an event of type
 * `r`, a question, an answer or a limit a marker (`m`); players that do not know one of them leave it out. Nothing
 * without a recording.
 */
export async function* castLines(
  pieces: AsyncIterable<Piece>,
  { title, marks }: CastOptions,
): AsyncGenerator<string> {
  let start: number | null = null;
  let size = '';
  let last = 0;
  const chapters = marks.filter(({ isChapter }) => isChapter);
  let next = 0;
  const seconds = (at: number): number => {
    last = Math.max(last, at - (start ?? at));
    return Math.round(last) / 1000;
  };
  function* chaptersUpTo(at: number): Generator<string> {
    for (let mark = chapters[next]; mark && mark.at <= at; mark = chapters[++next])
      yield event(seconds(mark.at), 'm', mark.text);
  }
  for await (const { head, frames } of pieces) {
    const begins = Date.parse(head.started_at);
    const { cols, rows } = head;
    if (start === null) {
      start = begins;
      yield line({
        version: 2,
        width: cols,
        height: rows,
        timestamp: Math.floor(begins / 1000),
        idle_time_limit: IDLE_LIMIT_S,
        title,
        env: { TERM: 'xterm-256color' },
      });
    } else if (size !== `${cols}x${rows}`) yield event(seconds(begins), 'r', `${cols}x${rows}`);
    size = `${cols}x${rows}`;
    let isFirst = true;
    let cursor: Picture['cursor'] = null;
    for (const frame of frames) {
      const at = begins + frame[0];
      yield* chaptersUpTo(at);
      if (frame[2] !== undefined) cursor = frame[2];
      yield event(seconds(at), 'o', (isFirst ? BEGIN : '') + frameAnsi(frame[1], cursor, cols));
      isFirst = false;
    }
  }
  if (start === null) return;
  yield* chaptersUpTo(Number.POSITIVE_INFINITY);
  yield event(last / 1000, 'o', END);
}

/** A blank screen on which long rows are cut: the terminal of a viewer may have fewer columns. */
const BEGIN = '\u001b[0m\u001b[?7l\u001b[2J\u001b[H';
const END = '\u001b[0m\u001b[?7h\u001b[?25h';

/** What a terminal takes to show a frame. A row is erased before: after a full one, the last character would be. */
function frameAnsi(rows: readonly RowTuple[], cursor: Picture['cursor'], cols: number): string {
  const changed = rows.map(
    ([row, text, runs = []]) => `\u001b[${row + 1};1H\u001b[K${rowAnsi({ text, runs }, cols)}`,
  );
  // Where it has not moved, too: writing the rows has moved the terminal's own.
  const place = cursor === null ? '\u001b[?25l' : `\u001b[${cursor[0] + 1};${cursor[1] + 1}H\u001b[?25h`;
  return changed.join('') + place;
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const event = (at: number, type: 'o' | 'r' | 'm', data: string): string => line([at, type, data]);
