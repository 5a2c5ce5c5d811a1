import type { StyleRun } from '../../screen/screen.ts';
import type { Row } from './rows.ts';

/** The style of a column; undefined where it has none, or where styles are unknown. */
export const styleAt = (row: Row, column: number): StyleRun | undefined =>
  row.runs?.find(({ start, end }) => start <= column && column < end);

/** Whether the row's text from a column on is dim, as placeholders and hints are. */
export function isDimFrom(row: Row, column: number): boolean {
  if (!row.runs) return false;
  for (let at = column; at < row.raw.length; at++) {
    if (row.raw[at] === ' ') continue;
    const style = styleAt(row, at);
    if (!style || (!style.dim && !style.inverse && !isGrey(style.fg))) return false;
  }
  return true;
}

/** Whether the row's whole text is bold or has a colour of its own. */
export function isEmphasised(row: Row): boolean {
  if (!row.runs) return false;
  for (let at = row.raw.search(/\S/); at < row.raw.length; at++) {
    if (row.raw[at] === ' ') continue;
    const style = styleAt(row, at);
    if (!style || (!style.bold && (style.fg === undefined || isGrey(style.fg)))) return false;
  }
  return true;
}

/** Colours between the text and the background of either theme: what programs without a dim style use for hints. */
export function isGrey(colour: string | undefined): boolean {
  if (colour === undefined) return false;
  if (!colour.startsWith('#')) return colour === '8' || (Number(colour) >= 238 && Number(colour) <= 250);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
  return spread <= 40 && red > 70 && red < 190;
}

/** Whether the cursor is in the row: the terminal's, or one that the program draws as a cell in inverse video. */
export const hasCursor = (row: Row): boolean =>
  row.hasCursor === true ||
  row.runs?.some(({ inverse, start, end }) => inverse === true && end - start <= 2) === true;

/** The background that the row has over most of its width; null where it has none. */
export function backgroundOf(row: Row): string | null {
  if (!row.runs?.some(({ bg }) => bg !== undefined)) return null;
  const widths = new Map<string, number>();
  for (const { bg, start, end } of row.runs)
    if (bg !== undefined) widths.set(bg, (widths.get(bg) ?? 0) + end - start);
  const [widest] = [...widths].sort(([, one], [, other]) => other - one);
  return widest && widest[1] * 2 >= row.raw.length ? widest[0] : null;
}

const REDS = new Set(['1', '9', '160', '167', '196', '197', '203', '204', '210', '211']);

/** The colour of what went wrong. */
export function isRed(colour: string | undefined): boolean {
  if (colour === undefined) return false;
  if (!colour.startsWith('#')) return REDS.has(colour);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  // Orange has more green than blue: it is a colour of logos and names, too.
  const isOrange = green - blue > (red - blue) * 0.2;
  return red > 150 && red - green > 60 && red - blue > 60 && !isOrange;
}

/** Red, orange or yellow: what programs draw beside warnings and errors. */
export function isAlarming(colour: string | undefined): boolean {
  if (isRed(colour)) return true;
  if (!colour?.startsWith('#'))
    return colour === '3' || colour === '11' || colour === '214' || colour === '220';
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return red > 180 && red >= green && red - blue > 80;
}
