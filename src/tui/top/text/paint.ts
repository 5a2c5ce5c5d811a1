import type { Line } from './line.ts';
import { codesOf, type Palette } from './palette.ts';

/** A line with the escape sequences of its styles. Each styled stretch ends with a reset. */
export function paint(spans: Line, palette: Palette): string {
  let painted = '';
  for (const { text, style } of spans) {
    const codes = codesOf(style, palette);
    painted += codes === '' ? text : `\x1b[${codes}m${text}\x1b[0m`;
  }
  return painted;
}
