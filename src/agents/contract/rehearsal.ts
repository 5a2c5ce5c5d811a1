/**
 * How an agent runs against our mock of a model in place of its own: in a throw-away home, with no account, no cost and
 * no network. `agentpool detectors check` and the tests with real agents lead it through its screens this way.
 */
export interface Rehearsal {
  /** The npm package that has the program, without a version; null where it comes from elsewhere. */
  package: string | null;
  /** Variables of its process: they name the mock in place of the vendor. */
  env(model: string): Readonly<Record<string, string>>;
  /** What its home holds, by path below it: text, or an object that is written as JSON. */
  files(place: RehearsalPlace): Readonly<Record<string, string | object>>;
  /** What it has no screen for; left out where it has all. */
  lacks?: readonly RehearsedStep[];
}

export interface RehearsalPlace {
  /** The address of the mock, `http://127.0.0.1:PORT`. */
  model: string;
  /** The folder that it works in. */
  folder: string;
  /** Whether that folder is trusted and the key approved; otherwise the agent asks at its start. */
  trusted: boolean;
}

/** What a rehearsal leads an agent through, in this order. */
export const REHEARSED_STEPS = [
  'idle',
  'working',
  'interrupt',
  'question',
  'approval',
  'limit',
  'completion',
] as const;
export type RehearsedStep = (typeof REHEARSED_STEPS)[number];
