import { type PictureRow, RUN_FLAGS, type RunTuple } from '../../../terminal/recording/format.ts';
import { widthOf } from '../../text/width.ts';

/** Each of these characters takes one column. */
const ASCII = /^[\x20-\x7e]*$/;

/**
 * A row of a recording as a terminal takes it, cut at `cols` columns: its characters with the sequences of their styles,
 * and a reset at its end where there were any. Blanks in a colour are kept.
 */
export function rowAnsi({ text, runs }: PictureRow, cols: number): string {
  if (runs.length === 0 && ASCII.test(text)) return text.slice(0, cols);
  const styles = stylesOf(runs, cols);
  let out = '';
  let column = 0;
  let style = '';
  const put = (characters: string, width: number) => {
    const next = styles[column] ?? '';
    if (next !== style) out += `\u001b[${next === '' ? '0' : `0;${next}`}m`;
    style = next;
    out += characters;
    column += width;
  };
  for (const character of text) {
    const width = ASCII.test(character) ? 1 : widthOf(character);
    if (column + width > cols) break;
    put(character, width);
  }
  const last = runs.reduce((end, run) => Math.max(end, run[1]), 0);
  while (column < Math.min(last, cols)) put(' ', 1);
  return style === '' ? out : `${out}\u001b[0m`;
}

/** The parameters of the style of each column; '' for none. Where runs overlap, the last one holds. */
function stylesOf(runs: readonly RunTuple[], cols: number): string[] {
  const styles: string[] = [];
  for (const [start, end, flags, fg, bg] of runs) {
    const style = parametersOf(flags, fg, bg);
    for (let column = start; column < Math.min(end, cols); column++) styles[column] = style;
  }
  return styles;
}

const FLAGS = [
  [RUN_FLAGS.bold, '1'],
  [RUN_FLAGS.dim, '2'],
  [RUN_FLAGS.italic, '3'],
  [RUN_FLAGS.inverse, '7'],
] as const;

const parametersOf = (flags: number, fg: string | null, bg: string | null): string =>
  [
    ...FLAGS.flatMap(([flag, parameter]) => (flags & flag ? [parameter] : [])),
    ...(fg === null ? [] : [colourOf(fg, 30)]),
    ...(bg === null ? [] : [colourOf(bg, 40)]),
  ].join(';');

/** `base`: 30 for the letters, 40 for what is behind them. */
function colourOf(colour: string, base: 30 | 40): string {
  if (colour.startsWith('#')) {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    return `${base + 8};2;${red};${green};${blue}`;
  }
  const index = Number(colour);
  if (index < 8) return String(base + index);
  return index < 16 ? String(base + 52 + index) : `${base + 8};5;${index}`;
}
