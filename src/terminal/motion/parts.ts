import type { Screen } from '../screen/screen.ts';

/** Where on a screen something moved. */
export type ScreenPart = 'agent' | 'box' | 'footer' | 'title';

/** Rows of a screen, both ends inclusive, counted from 0. */
export interface RowSpan {
  first: number;
  last: number;
}

/** How far above the last row a cursor is taken for that of an input: a footer is a few rows high. */
const FOOTER_ROWS = 8;

/** The rows of a screen by whose they are. A footer, as a user's statusline is one, is not the agent's own. */
export type Parts = Record<Exclude<ScreenPart, 'title'>, string[]>;

/**
 * The rows that take text: the box that the rules found, else the row of the cursor if something is drawn below it.
 * Null if all rows are the agent's.
 */
function inputOf({ rows, cursor }: Screen, box: RowSpan | null): RowSpan | null {
  if (box) return box;
  const end = rows.findLastIndex(({ text }) => text !== '');
  const isAbove = cursor.row < end && cursor.row >= end - FOOTER_ROWS;
  return isAbove ? { first: cursor.row, last: cursor.row } : null;
}

export function partsOf(screen: Screen, box: RowSpan | null): Parts {
  const texts = screen.rows.map(({ text }) => text);
  const input = inputOf(screen, box);
  if (!input) return { agent: withoutClock(texts), box: [], footer: [] };
  return {
    agent: texts.slice(0, input.first),
    box: texts.slice(input.first, input.last + 1),
    footer: texts.slice(input.last + 1),
  };
}

/** The time of day. */
export const CLOCK = /\b\d{1,2}:\d{2}:\d{2}\b/;

/** Without the time of day in the last row: where no input is found, that is the only footer that can be known. */
function withoutClock(texts: string[]): string[] {
  const end = texts.findLastIndex((text) => text !== '');
  const last = texts[end];
  return last !== undefined && CLOCK.test(last) ? texts.with(end, last.replace(CLOCK, '')) : texts;
}
