import Type from 'typebox';
import { noted, text } from '../../../lib/shapes.ts';

/** What the output of a command has besides if another machine has carried it out. */
export interface Elsewhere {
  /** The name of that machine. */
  machine: string;
}

export const elsewhere = {
  machine: Type.Optional(
    noted(text, 'The machine that the worker is on, if it is another one of the fleet.'),
  ),
};
