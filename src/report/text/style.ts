import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

const COLORS = ['bold', 'dim', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const;

export type Paint = Record<(typeof COLORS)[number], (text: string) => string>;

/** Whether text may be coloured: at a terminal alone, and as Node decides by NO_COLOR, FORCE_COLOR and TERM. */
export const hasColor = (stream: Writable): boolean =>
  isTerminal(stream) && styleText('bold', 'text', { stream }) !== 'text';

export const paint = (stream: Writable): Paint => painted(hasColor(stream));

export function painted(colored: boolean): Paint {
  const painter = (name: (typeof COLORS)[number]) => (text: string) =>
    colored ? styleText(name, text, { validateStream: false }) : text;
  return Object.fromEntries(COLORS.map((name) => [name, painter(name)])) as Paint;
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
