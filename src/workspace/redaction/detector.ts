import type { View } from './view.ts';

/** A secret: a range of `view.flat`. */
export interface Finding {
  rule: string;
  from: number;
  to: number;
}

/** `since`: where what gives the secret away (its name, its header) begins. */
export interface Evidence extends Finding {
  since: number;
}

/** What a detector saw. `open`: it touched the end of the text, and rows still to come could change the answer. */
export interface Reading {
  finding?: Finding;
  open?: boolean;
  /** No later start of this detector before here is a secret: keeps `eyJ.eyJ.eyJ...` from being read once a start. */
  barrenTo?: number;
  /** The finding is a block of whole lines that has not ended with the text. */
  inBlock?: boolean;
}

export const NOTHING: Reading = {};

/** Looks at every place where one of its `starts` (lower case) stands in the text. */
export interface Detector {
  starts: readonly string[];
  /** Whether the word at `at` may be one of the starts although a row ends inside of it, at `cut`. */
  mayBeCut(view: View, at: number, cut: number): boolean;
  read(view: View, at: number, start: string): Reading;
}
