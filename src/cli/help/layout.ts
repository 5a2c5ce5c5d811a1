import { type Paint, painted } from '../../report/text/style.ts';
import { wrap } from '../../report/text/wrap.ts';

/** Where help is printed: how wide, and whether in colour. */
export interface Page {
  columns: number;
  paint: Paint;
}

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;
/** A term longer than this gets a line of its own. */
const LEFT = 30;

export const page = (columns = 80, colored = false): Page => ({
  columns: Math.max(40, Math.min(WIDEST, columns)),
  paint: painted(colored),
});

export const heading = (text: string, { paint }: Page): string => paint.bold(text);

/** Words in lines, indented; `code` between backticks is coloured where there is colour. */
export function prose(text: string, { columns, paint }: Page, indent = 0): string[] {
  const lines = text.split('\n\n').flatMap((paragraph) => [...wrap(paragraph, columns - indent), '']);
  const whole = lines.slice(0, -1).map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return whole.map((line) =>
    paint.cyan('') === '' ? line : line.replaceAll(/`([^`]+)`/g, paint.cyan('$1')),
  );
}

/** A term and what it means, side by side: the meanings begin in one column, and go on below it. */
export function terms(rows: readonly (readonly [string, string])[], { columns, paint }: Page): string[] {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= LEFT), 0);
  return rows.flatMap(([term, meaning]) => {
    const [first = '', ...rest] = wrap(meaning, columns - width - 4);
    const below = rest.map((line) => ' '.repeat(width + 4) + line);
    if (term.length > width) return [`  ${paint.cyan(term)}`, ' '.repeat(width + 4) + first, ...below];
    return [`  ${paint.cyan(term)}${' '.repeat(width - term.length)}  ${first}`.trimEnd(), ...below];
  });
}
