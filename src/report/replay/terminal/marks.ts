import type { WorkerState } from '../../../events/catalogue/words.ts';
import { headlineOf } from '../../../projections/replay/event-headline.ts';
import { kindOf } from '../../../projections/replay/event-kind.ts';
import type { ReplayedEvent } from '../../../projections/replay/replay.ts';

/** An event beside a recording. */
export interface Mark {
  /** Milliseconds since the epoch. */
  at: number;
  /** What happened, in one line. Untrusted: it may quote the worker. */
  text: string;
  /** The state from then on; null before the first. */
  state: WorkerState | null;
  /** Whether a viewer looks for it: a question, an answer, a limit, an end; not each change of state. */
  isChapter: boolean;
}

const PASSING = new Set(['state', 'note']);

/** The events of one worker, in order. */
export const marksOf = (steps: readonly ReplayedEvent[]): Mark[] =>
  steps.map(({ event, before, after }) => ({
    at: Date.parse(event.occurred_at),
    text: headlineOf(event),
    state: after,
    isChapter: !PASSING.has(kindOf(event, before)),
  }));
