import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

type Measure = (text: string) => number;

let measure: Measure | undefined;

/** ASCII, and the signs that our own texts are drawn with: each takes one column. */
const PLAIN = /^[\x20-\x7e·–…→─-▟○●◌✓✗]*$/;

/**
 * How many columns a text takes. string-width is loaded when a text needs it: it makes an Intl.Segmenter at its start,
 * which costs more than all the rest of a short command.
 */
export function widthOf(text: string): number {
  const bare = text.includes('\u001b') ? stripVTControlCharacters(text) : text;
  if (PLAIN.test(bare)) return bare.length;
  measure ??= (createRequire(join(import.meta.dirname, 'width.js'))('string-width') as { default: Measure })
    .default;
  return measure(text);
}
