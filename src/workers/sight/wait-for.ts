import {
  type ObserveEvent,
  observeEvents,
  type WorkerState,
  workerStates,
} from '../../events/catalogue/words.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';

/** What ends a wait: observed events, or reached states. */
export interface WaitCondition {
  events: ReadonlySet<ObserveEvent>;
  states: ReadonlySet<WorkerState>;
}

/** Aliases of events and states, for people and older scripts. */
const ALIASES: Record<string, ObserveEvent | WorkerState> = {
  approval: 'approval_prompt',
  awaiting_approval: 'AWAITING_APPROVAL',
  awaiting_user_input: 'AWAITING_USER_INPUT',
  cancelled: 'CANCELLED',
  done: 'completed',
  failed: 'FAILED',
  limit: 'limit_warning',
  lost: 'LOST',
  overage: 'overage_prompt',
  parked: 'PARKED',
  queued: 'QUEUED',
  ready: 'READY',
  running: 'RUNNING',
  starting: 'STARTING',
  terminated: 'CANCELLED',
  unknown: 'UNKNOWN',
  user_input: 'question',
  working: 'RUNNING',
};

/** Everything that needs attention: what ends a wait without --wait-for. */
const ATTENTION: readonly ObserveEvent[] = [
  'question',
  'approval_prompt',
  'overage_prompt',
  'idle',
  'completed',
  'error',
  'limit_warning',
  // No rule knows the screen, and nothing changes on it: a person has to look.
  'none',
];

/** Every word that --wait-for accepts. */
export const waitWords = (): string[] =>
  [...new Set([...observeEvents, ...workerStates, ...Object.keys(ALIASES), 'any'])].sort();

/** Parses `question,completed` or several such words. @throws INVALID_WAIT_FOR with the unknown words and the whole list. */
export function parseWaitFor(words: readonly string[]): WaitCondition {
  const named = words
    .flatMap((word) => word.split(','))
    .map((word) => word.trim())
    .filter(Boolean);
  const events = new Set<ObserveEvent>();
  const states = new Set<WorkerState>();
  const unknown: string[] = [];
  for (const word of named.length > 0 ? named : ['any']) {
    const meant = ALIASES[word.toLowerCase()] ?? word;
    if (word === 'any') for (const event of ATTENTION) events.add(event);
    else if (isEvent(meant)) events.add(meant);
    else if (isState(meant.toUpperCase())) states.add(meant.toUpperCase() as WorkerState);
    else unknown.push(word);
  }
  if (unknown.length > 0) {
    throw new AgentPoolError(
      'INVALID_WAIT_FOR',
      `--wait-for does not know ${unknown.join(', ')}.${didYouMean(unknown[0] ?? '', waitWords())} It takes: ${waitWords().join(', ')}.`,
      { unknown, allowed: waitWords(), example: 'agentpool observe @last --wait-for question,completed' },
    );
  }
  return { events, states };
}

/** What ends a turn, also a screen that only a person can read. A limit warning does not: the worker goes on. */
export const turnEnds = (): WaitCondition =>
  parseWaitFor(['question,approval,overage,idle,completed,error,none']);

const isEvent = (word: string): word is ObserveEvent => (observeEvents as readonly string[]).includes(word);
const isState = (word: string): word is WorkerState => (workerStates as readonly string[]).includes(word);
