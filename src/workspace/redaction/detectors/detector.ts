import type { View } from '../text/view.ts';

/** A secret: a range of `view.flat`. */
export interface SecretFinding {
  rule: string;
  from: number;
  to: number;
}

/** `since`: where the name or header that identifies the secret starts. */
export interface Evidence extends SecretFinding {
  since: number;
}

/** What a detector found. `open`: it reached the end of the text, and later rows could change the answer. */
export interface Detection {
  finding?: SecretFinding;
  /** More of the same header or command. */
  others?: readonly SecretFinding[];
  open?: boolean;
  /** Where the evidence starts, if not at the keyword. */
  openFrom?: number;
  /**
   * No later start of this detector before this offset is a secret: keeps `eyJ.eyJ.eyJ...` from being read once per
   * start.
   */
  barrenTo?: number;
  /** The finding is a block of whole lines that continues after the text. */
  inBlock?: boolean;
}

export const NOTHING: Detection = {};

/**
 * Nothing, and nothing either where each row is read alone: the letters beside the keyword, within its row, refuse it.
 */
export const NOTHING_IN_ROW: Detection = {};

/** Runs at every place where the text contains one of its `starts` (lower case). */
export interface Detector {
  starts: readonly string[];
  /** Whether the word at `at` may be one of the starts although a row ends inside it, at `cut`. */
  mayBeCut(view: View, at: number, cut: number): boolean;
  read(view: View, at: number, start: string): Detection;
  /** Where the end of the text could be the beginning of a secret whose start follows; its length if it could not. */
  heldFrom?(view: View): number;
  /** Reads whole rows, and each row alone would show it nothing new. */
  readsRows?: boolean;
  /** A name: within what follows it there may be something more precise. */
  isName?: boolean;
  /** What its findings are called, where that is always the same: it reads tokens, which their own letters identify. */
  rule?: string;
}
