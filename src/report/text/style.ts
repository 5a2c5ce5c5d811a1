import type { Writable } from 'node:stream';

export type Paint = Record<
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan',
  (text: string) => string
>;

const CODES: Record<keyof Paint, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Colour is for a person at a terminal; none into a pipe, none where NO_COLOR is set. */
export const hasColor = (stream: Writable): boolean =>
  isTerminal(stream) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

export const paint = (stream: Writable): Paint => painted(hasColor(stream));

export function painted(colored: boolean): Paint {
  return Object.fromEntries(
    Object.entries(CODES).map(([name, [on, off]]) => [
      name,
      (text: string) => (colored ? `\u001b[${on}m${text}\u001b[${off}m` : text),
    ]),
  ) as Paint;
}

export const isTerminal = (stream: Writable): boolean => (stream as { isTTY?: boolean }).isTTY === true;

/** How many columns there are; 80 into a pipe, and where a terminal says 0. */
export const columnsOf = (stream: Writable): number => (stream as { columns?: number }).columns || 80;

/** How many lines there are; 24 where a terminal does not say. */
export const rowsOf = (stream: Writable): number => (stream as { rows?: number }).rows || 24;

const SIGNS: Record<string, [string, keyof Paint]> = {
  STARTING: ['◌', 'dim'],
  READY: ['○', 'cyan'],
  RUNNING: ['●', 'blue'],
  AWAITING_USER_INPUT: ['?', 'yellow'],
  AWAITING_APPROVAL: ['!', 'yellow'],
  IDLE: ['○', 'dim'],
  COMPLETED: ['✓', 'green'],
  FAILED: ['✗', 'red'],
  CANCELLED: ['–', 'dim'],
  UNKNOWN: ['·', 'dim'],
};

/** A worker's state with a sign and a colour of its own. */
export function stateLabel(state: string, stream: Writable): string {
  const [sign, color] = SIGNS[state] ?? ['·', 'dim'];
  return paint(stream)[color](`${sign} ${state}`);
}

/** Only the sign, where there is no room for the word. */
export function stateSign(state: string, stream: Writable): string {
  const [sign, color] = SIGNS[state] ?? ['·', 'dim'];
  return paint(stream)[color](sign);
}
