import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { own } from '../../lib/text/shown.ts';
import { stateSigns } from './state-signs.ts';

/** The codes that begin and end each. */
const CODES = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  blue: ['34', '39'],
  magenta: ['35', '39'],
  cyan: ['36', '39'],
} as const;
const COLORS = Object.keys(CODES) as (keyof typeof CODES)[];

export type Paint = Record<(typeof COLORS)[number], (text: string) => string>;

/** Whether to colour text: only on a terminal, and as Node decides from NO_COLOR, FORCE_COLOR and TERM. */
export const hasColor = (stream: Writable): boolean =>
  isTerminal(stream) && styleText('bold', 'text', { stream }) !== 'text';

export const paint = (stream: Writable): Paint => painted(hasColor(stream));

/** Colours as sequences of our own: a text that has some of its own loses those when it is printed. */
export function painted(colored: boolean): Paint {
  const painter = (name: (typeof COLORS)[number]) => (text: string) =>
    colored ? `${own(CODES[name][0], 'm')}${text}${own(CODES[name][1], 'm')}` : text;
  return Object.fromEntries(COLORS.map((name) => [name, painter(name)])) as Paint;
}

export const isTerminal = (stream: Writable): boolean => (stream as { isTTY?: boolean }).isTTY === true;

/** The number of columns; 80 for a pipe, and for a terminal that reports 0. */
export const columnsOf = (stream: Writable): number => (stream as { columns?: number }).columns || 80;

/** The number of lines; 24 if the terminal does not report it. */
export const rowsOf = (stream: Writable): number => (stream as { rows?: number }).rows || 24;

/** A worker's state with its sign and its colour. */
export function stateLabel(state: string, stream: Writable): string {
  const [sign, color] = stateSigns[state] ?? ['·', 'dim'];
  return paint(stream)[color](`${sign} ${state}`);
}

/** Only the sign of a state, for narrow columns. */
export const stateSign = (state: string, stream: Writable): string => paintedSign(state, paint(stream));

/** The same for a long list, whose colours are known. */
export function paintedSign(state: string, colors: Paint): string {
  const [sign, color] = stateSigns[state] ?? ['·', 'dim'];
  return colors[color](sign);
}
