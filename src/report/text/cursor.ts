/** Goes to the beginning of the line and erases it. */
export const ERASE_LINE = '\r\u001b[K';

/** Erases the last `rows` lines and everything below them. */
export const eraseLines = (rows: number): string => `\u001b[${rows}A\r\u001b[J`;

/** Erases the whole screen and goes to its top. */
export const ERASE_SCREEN = '\u001b[H\u001b[J';
