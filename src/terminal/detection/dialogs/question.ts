import { type Row, squeeze } from '../screen/rows.ts';
import { FRAME } from './menu.ts';

const MARKED = /[?？](?=["'”’)\]]*(?:\s|$))/gu;
// Maximum distance in rows between a dialog's question and its choices: a command to approve can be long.
const MAX_PREVIEW_ROWS = 60;

const DIRECT = /^\s*(?:Do you (?:want|trust)|Would you like|Allow|Exit plan|Ready to)\b.*[?？]\s*$/;

/**
 * The lowest row above the choices that asks, joined with the rows that wrap into it; otherwise the text right above.
 */
export function questionAbove(rows: Row[]): string | undefined {
  const above = rows.slice(-MAX_PREVIEW_ROWS);
  const near = above.slice(-12);
  const found = near.findLast((row) => asks(row)) ?? above.findLast((row) => DIRECT.test(row.inner));
  if (!found) {
    const last = above.findLast((row) => !FRAME.test(row.inner));
    return last && squeeze(last.inner);
  }
  const mark = [...found.inner.matchAll(MARKED)].at(-1);
  let text = found.inner.slice(0, (mark?.index ?? 0) + 1);
  if (DIRECT.test(found.inner)) return squeeze(text);
  for (let at = above.indexOf(found) - 1; wraps(above[at], found); at--)
    text = `${above[at]?.inner.trimEnd()} ${text}`;
  // Some programs put the sign of a question before it.
  return squeeze(text).replace(/^\? (?=\S)/, '');
}

const asks = (row: Row): boolean => row.inner.search(MARKED) >= 0;

/** Whether a row wraps into the next one: it is about as long as a row can be, and not part of a frame. */
const wraps = (row: Row | undefined, next: Row): boolean =>
  row !== undefined &&
  !FRAME.test(row.inner) &&
  !LINE.test(row.inner) &&
  row.inner.trimEnd().length > Math.max(40, next.inner.trimEnd().length);

/** A line with words in it, as an overlay leaves them. */
const LINE = /^\s*[─━═╌▔▁]{8,}/;
