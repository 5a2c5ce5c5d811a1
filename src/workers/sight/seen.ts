import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification, Warning } from '../../terminal/detection/classify.ts';

/** What moved on the screens of a worker up to this one. */
export interface SeenMotion {
  /** The screen's text without the input and the footer: it differs once the agent draws something. */
  drawn: string;
  /** For how long neither the agent's own part nor the sign of its work was seen to move, in milliseconds. */
  stillMs: number;
  /** Whether they have moved since the watch began. */
  hasMoved: boolean;
  /** Whether a sign turns in the footer: that may be the sign of work. */
  turnsInFooter: boolean;
  /** What moves that is work whatever the screen says, in words, with the rows; empty if nothing does. */
  work: readonly string[];
}

/** One screen of a worker, as it was classified. */
export interface WorkerScreen {
  classification: Classification;
  /** The line that holds the evidence, counted from the first one printed; null on a redrawn screen. */
  line: number | null;
  /** The newest complete result block on it; null if there is none. */
  result: SeenResult | null;
  /** The screen's text: it differs while the screen changes. */
  content: string;
  /** The same without the input box and without what was sent to the worker: it differs once the agent does something. */
  answer?: string;
  /** What is left of the cursor in its row: the prompt, where the program reads lines. */
  prompt?: string;
  /** What moved on it; left out where a screen is looked at alone. */
  motion?: SeenMotion;
  /** What it means if a screen that no rule knows does not change any more; `none`: a person has to look. */
  atRest?: 'idle' | 'none';
}

export interface SeenResult {
  /** A digest: equal for equal texts. */
  name: string;
  /** What an earlier release has called it in the log. */
  formerName?: string;
  /** How many results were printed recently: the same text may be printed again. */
  count: number;
  /** Whether its markers have the word of the session, which no file can know. */
  isProven?: boolean;
  /** Whether it says that the work is not done because of a limit. */
  isOfLimit?: boolean;
}

export interface Perceived {
  observation: Observation | null;
  /** A limit that is new on this screen. */
  limit: Classification | null;
  /** Whether a turn was answered after a limit was used up. */
  limitOver: boolean;
  /** A client that retries, or 'over' once it works again; null if nothing has changed. */
  retry: Warning | 'over' | null;
  /** When to perceive the screen again even if nothing is printed by then, in milliseconds. */
  recheckInMs: number | null;
}

export interface Timeouts {
  /** How long a screen must be quiet before a working worker counts as idle. */
  idleMs: number;
  /** How long a screen that no rule knows must be quiet before that is reported. */
  unknownMs: number;
}

/** What is concluded from one screen about the state. */
export type StateVerdict = Pick<Perceived, 'observation' | 'recheckInMs'>;

/** The shorter of two waits; null is no wait. */
export const soonest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
