import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

const COLORS = ['bold', 'dim', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const;

export type Paint = Record<(typeof COLORS)[number], (text: string) => string>;

/** Whether to colour text: only on a terminal, and as Node decides from NO_COLOR, FORCE_COLOR and TERM. */
export const hasColor = (stream: Writable): boolean =>
  isTerminal(stream) && styleText('bold', 'text', { stream }) !== 'text';

export const paint = (stream: Writable): Paint => painted(hasColor(stream));

export function painted(colored: boolean): Paint {
  const painter = (name: (typeof COLORS)[number]) => (text: string) =>
    colored ? styleText(name, text, { validateStream: false }) : text;
  return Object.fromEntries(COLORS.map((name) => [name, painter(name)])) as Paint;
}

export const isTerminal = (stream: Writable): boolean => (stream as { isTTY?: boolean }).isTTY === true;

/** The number of columns; 80 for a pipe, and for a terminal that reports 0. */
export const columnsOf = (stream: Writable): number => (stream as { columns?: number }).columns || 80;

/** The number of lines; 24 if the terminal does not report it. */
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

/** A worker's state with its sign and its colour. */
export function stateLabel(state: string, stream: Writable): string {
  const [sign, color] = SIGNS[state] ?? ['·', 'dim'];
  return paint(stream)[color](`${sign} ${state}`);
}

/** Only the sign of a state, for narrow columns. */
export function stateSign(state: string, stream: Writable): string {
  const [sign, color] = SIGNS[state] ?? ['·', 'dim'];
  return paint(stream)[color](sign);
}
