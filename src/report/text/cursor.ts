import { own } from '../../lib/text/shown.ts';

/** Goes to the beginning of the line and erases it. */
export const ERASE_LINE = `${own('1', 'G')}${own('', 'K')}`;

/** Erases the last `rows` lines and everything below them. */
export const eraseLines = (rows: number): string =>
  `${own(String(rows), 'A')}${own('1', 'G')}${own('', 'J')}`;

/** Erases the whole screen and goes to its top. */
export const ERASE_SCREEN = `${own('', 'H')}${own('', 'J')}`;
