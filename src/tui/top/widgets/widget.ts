import type { Input } from '../terminal/input.ts';
import type { Line } from '../text/line.ts';

/** The space of a dialog's inside, in columns and rows. */
export interface Space {
  width: number;
  height: number;
}

export interface WidgetView {
  /** Of at most the width of its space; it may have fewer lines than the space. */
  lines: Line[];
  /** Where the terminal's cursor is shown, from 0; null to hide it. */
  cursor: { row: number; column: number } | null;
}

/** A dialog that has an answer; null if it was left without one. */
export interface Closed<T> {
  closed: T | null;
}

/**
 * A dialog at one moment. It is a value: an input gives the next one, or closes it. What it answers is of type T.
 * A mouse's place counts from the first cell of its inside.
 */
export interface Widget<T> {
  title: string;
  /** What its keys do, for the line beneath it. */
  hint: string;
  /** What was typed so far, where a text is typed: also by keys that were pressed before it was drawn. */
  text?: string;
  input(input: Input, space: Space): Widget<T> | Closed<T>;
  view(space: Space): WidgetView;
}

export const isClosed = <T>(next: Widget<T> | Closed<T>): next is Closed<T> => 'closed' in next;

export const closed = <T>(value: T | null): Closed<T> => ({ closed: value });
