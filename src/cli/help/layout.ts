import { type Paint, painted } from '../../report/text/style.ts';
import { wrap } from '../../report/text/wrap.ts';

/** The layout of help: its width, and whether it is coloured. */
export interface HelpPage {
  columns: number;
  paint: Paint;
}

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;
/** A longer term gets a line of its own. */
const LEFT = 30;

export const page = (columns = 80, colored = false): HelpPage => ({
  columns: Math.max(40, Math.min(WIDEST, columns)),
  paint: painted(colored),
});

export const heading = (text: string, { paint }: HelpPage): string => paint.bold(text);

/** Wraps and indents a text. With colours, `code` in backticks is coloured instead of quoted. */
export function prose(text: string, { columns, paint }: HelpPage, indent = 0): string[] {
  const lines = text.split('\n\n').flatMap((paragraph) => [...wrap(paragraph, columns - indent), '']);
  const whole = lines.slice(0, -1).map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return whole.map((line) =>
    paint.cyan('') === '' ? line : line.replaceAll(/`([^`]+)`/g, paint.cyan('$1')),
  );
}

/** Terms and their meanings side by side, with the meanings aligned in one column. */
export function terms(rows: readonly (readonly [string, string])[], { columns, paint }: HelpPage): string[] {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= LEFT), 0);
  return rows.flatMap(([term, meaning]) => {
    const [first = '', ...rest] = wrap(meaning, columns - width - 4);
    const below = rest.map((line) => ' '.repeat(width + 4) + line);
    if (term.length > width) return [`  ${paint.cyan(term)}`, ' '.repeat(width + 4) + first, ...below];
    return [`  ${paint.cyan(term)}${' '.repeat(width - term.length)}  ${first}`.trimEnd(), ...below];
  });
}
