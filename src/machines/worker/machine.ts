import { createMachine } from 'xstate';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import { stepper } from '../step.ts';

/** What can happen to a worker, as the machine hears it. `saw.*` is what somebody saw; the rest is what was done or became known. */
export type WorkerSignal =
  | { type: 'started' | 'spawn_failed' | 'prompt_delivered' | 'message_sent' | 'lost' | 'terminated' }
  | { type: 'deadline_exceeded' }
  | { type: 'exited'; outcome: 'completed' | 'failed' }
  | { type: `saw.${ObserveEvent}` };

/** What somebody sees on the screen of a worker that lives, and where it leads from any state in which it works or waits. */
const seen = {
  'saw.screen_changed': 'RUNNING',
  'saw.question': 'AWAITING_USER_INPUT',
  'saw.approval_prompt': 'AWAITING_APPROVAL',
  'saw.overage_prompt': 'AWAITING_APPROVAL',
  'saw.idle': 'IDLE',
  'saw.completed': 'COMPLETED',
  'saw.error': 'FAILED',
} as const;

/** How the life of a worker can end, whatever it was doing. */
const ends = {
  exited: [{ guard: 'completed', target: 'COMPLETED' }, { target: 'FAILED' }],
  deadline_exceeded: 'FAILED',
  lost: 'FAILED',
  terminated: 'CANCELLED',
} as const;

/** A completed or failed turn of a worker that still lives may be followed by another one. */
const again = {
  message_sent: 'RUNNING',
  'saw.screen_changed': 'RUNNING',
  'saw.question': 'AWAITING_USER_INPUT',
  'saw.approval_prompt': 'AWAITING_APPROVAL',
  'saw.overage_prompt': 'AWAITING_APPROVAL',
} as const;

/** What we give it to do. */
const given = { prompt_delivered: 'RUNNING', message_sent: 'RUNNING' } as const;

/** That the task was delivered is recorded after the fact: a quick worker has asked or answered by then. */
const quick = <State extends WorkerState>(already: State) => ({ prompt_delivered: already });

/** Everything from `seen` but what the state is already. */
function seenExcept<Key extends keyof typeof seen>(...already: Key[]): Omit<typeof seen, Key> {
  return Object.fromEntries(Object.entries(seen).filter(([key]) => !already.includes(key as Key))) as Omit<
    typeof seen,
    Key
  >;
}

/**
 * The one place that says which state of a worker follows which. No timers, no effects: a deadline is data, and its
 * passing is a signal that is fed in, so that a history can be told again at any time with the same result.
 *
 * COMPLETED, FAILED and CANCELLED are final but for what really follows. A worker that has completed or failed its
 * turn still lives at its prompt: it may be given another message, or be seen at work again. When it exits, is lost or
 * is ended after that, it stays what it was. Whether it lives is the decider's to know; a dead one hears nothing here.
 */
export const workerMachine = createMachine(
  {
    id: 'worker',
    types: {} as { events: WorkerSignal },
    initial: 'STARTING',
    states: {
      STARTING: {
        on: { started: 'READY', spawn_failed: 'FAILED', ...ends },
      },
      READY: { on: { ...seen, ...ends, ...given, 'saw.none': 'UNKNOWN' } },
      RUNNING: { on: { ...seenExcept('saw.screen_changed'), ...ends, ...given } },
      // Another question, or another dialog, may stand where one stood: whoever watches knows one from the other.
      AWAITING_USER_INPUT: { on: { ...seen, ...ends, ...given, ...quick('AWAITING_USER_INPUT') } },
      AWAITING_APPROVAL: { on: { ...seen, ...ends, ...given, ...quick('AWAITING_APPROVAL') } },
      IDLE: { on: { ...seenExcept('saw.idle'), ...ends, ...given } },
      UNKNOWN: { on: { ...seen, ...ends, ...given } },
      COMPLETED: { on: { ...again, ...quick('COMPLETED') } },
      FAILED: { on: { ...again, ...quick('FAILED') } },
      CANCELLED: {},
    },
  },
  { guards: { completed: ({ event }) => event.type === 'exited' && event.outcome === 'completed' } },
);

/** The state that follows, or null where the machine refuses the signal in this state. Pure. */
export const next = stepper<WorkerState, WorkerSignal>(workerMachine);
