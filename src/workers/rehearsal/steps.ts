import type { RehearsedStep } from '../../agents/contract/rehearsal.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import type { Label } from '../../terminal/detection/classification-schema.ts';
import type { Known } from './model.ts';

/** One step of a rehearsal: how the agent is brought into a state, and how that state has to be read. */
export interface RehearsalStep {
  name: RehearsedStep;
  /** The message to the agent, which says what the model does. */
  order: string;
  label: Label;
  /** What observe has to record, where the label alone does not say it. */
  state?: WorkerState;
  /** Whether the agent is in that state, by what the model knows. Pure. */
  holds(known: Known): boolean;
}

/** How long a client that was refused may wait before it asks again by itself, in milliseconds. */
const GAVE_UP_MS = 4000;

const last = ({ about }: Known) => about.at(-1);
const isOver = (known: Known) => !known.isAnswering;
const isAsked = (known: Known, kind: 'ask' | 'run') =>
  isOver(known) && last(known)?.answer === kind && last(known)?.request.results.length === 0;

export const STEPS: readonly RehearsalStep[] = [
  {
    name: 'idle',
    order: 'mock: say ready',
    label: 'idle',
    holds: (known) => isOver(known) && last(known)?.answer === 'say',
  },
  {
    name: 'working',
    order: 'mock: slow',
    label: 'working',
    holds: (known) => known.isAnswering && last(known)?.answer === 'slow',
  },
  {
    name: 'interrupt',
    order: 'mock: slow',
    label: 'idle',
    holds: (known) => isOver(known) && last(known)?.answer === 'slow',
  },
  { name: 'question', order: 'mock: ask', label: 'question', holds: (known) => isAsked(known, 'ask') },
  {
    name: 'approval',
    order: 'mock: run echo granted > granted.txt',
    label: 'approval',
    holds: (known) => isAsked(known, 'run'),
  },
  {
    name: 'limit',
    order: 'mock: 429',
    label: 'limit',
    holds: (known) => isOver(known) && last(known)?.answer === 'fail' && known.quietMs >= GAVE_UP_MS,
  },
  {
    name: 'completion',
    // A result that is higher than the pane is on no screen of an agent that scrolls by itself.
    order: 'mock: brief',
    label: 'idle',
    state: 'COMPLETED',
    holds: (known) => isOver(known) && last(known)?.answer === 'say',
  },
];

/** Whether the tool that the model called was answered: by the user, through the agent. */
export const isAnswered = ({ about }: Known): boolean =>
  about.some(({ request }) => request.results.length > 0);

/** How often the client was refused: one that asks again and again retries. */
export const refusals = ({ about }: Known): number => about.filter(({ answer }) => answer === 'fail').length;
