import { createRequire } from 'node:module';
import { join } from 'node:path';

type Measure = (text: string) => number;

let measure: Measure | undefined;

/** ASCII, and the signs that our own texts use: each takes one column. */
const PLAIN = /^[\x20-\x7e·–…→─-▟○●◌✓✗]*$/;

/** Whether every character of a text takes one column. */
export const isPlain = (text: string): boolean => PLAIN.test(text);

/** A colour code. Whatever else begins with an escape is left to string-width. */
const COLOUR = /\u001b\[[\d;]*m/g;

/**
 * The number of columns that a text takes. Loads string-width only if the text needs it: at its start it creates an
 * Intl.Segmenter, which takes longer than the rest of a short command.
 */
export function widthOf(text: string): number {
  const bare = text.includes('\u001b') ? text.replace(COLOUR, '') : text;
  if (PLAIN.test(bare)) return bare.length;
  measure ??= (createRequire(join(import.meta.dirname, 'width.js'))('string-width') as { default: Measure })
    .default;
  return measure(text);
}
