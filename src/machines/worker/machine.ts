import { setup } from 'xstate';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import { stepper } from '../step.ts';

/**
 * What can happen to a worker. `saw.*` is an observation of its screen; the rest is what was done to it or became known
 * of it.
 */
export type WorkerSignal =
  | { type: 'started' | 'spawn_failed' | 'prompt_delivered' | 'message_sent' | 'lost' | 'terminated' }
  | { type: 'deadline_exceeded' }
  | { type: 'exited'; outcome: 'completed' | 'failed' }
  | { type: `saw.${ObserveEvent}` };

/** Observations of a live worker's screen, and the state each leads to while the worker works or waits. */
const seen = {
  'saw.screen_changed': 'RUNNING',
  'saw.question': 'AWAITING_USER_INPUT',
  'saw.approval_prompt': 'AWAITING_APPROVAL',
  'saw.overage_prompt': 'AWAITING_APPROVAL',
  'saw.idle': 'IDLE',
  'saw.completed': 'COMPLETED',
  'saw.error': 'FAILED',
} as const;

/** How a worker can end, whatever its state. */
const endings = {
  exited: [{ guard: 'completed', target: 'COMPLETED' }, { target: 'FAILED' }],
  deadline_exceeded: 'FAILED',
  lost: 'FAILED',
  terminated: 'CANCELLED',
} as const;

/** What starts another turn of a live worker that has completed or failed its turn. */
const nextTurn = {
  message_sent: 'RUNNING',
  'saw.screen_changed': 'RUNNING',
  'saw.question': 'AWAITING_USER_INPUT',
  'saw.approval_prompt': 'AWAITING_APPROVAL',
  'saw.overage_prompt': 'AWAITING_APPROVAL',
} as const;

/** Input that the worker is given. */
const input = { prompt_delivered: 'RUNNING', message_sent: 'RUNNING' } as const;

/**
 * The delivery of the task is recorded after the fact: a fast worker has asked or answered by then, and keeps its
 * state.
 */
const lateDelivery = <State extends WorkerState>(current: State) => ({ prompt_delivered: current });

/** Everything from `seen` except the observations of the current state. */
function seenExcept<Key extends keyof typeof seen>(...current: Key[]): Omit<typeof seen, Key> {
  return Object.fromEntries(Object.entries(seen).filter(([key]) => !current.includes(key as Key))) as Omit<
    typeof seen,
    Key
  >;
}

/**
 * The only place that decides which state of a worker follows which. No timers, no effects: a deadline is data, and its
 * passing is a signal, so that replaying a history gives the same result at any time.
 *
 * COMPLETED, FAILED and CANCELLED are final except for what starts another turn. A worker that has completed or failed
 * its turn is still alive at its prompt: it may get another message, or be seen at work again. When it exits, is lost
 * or is ended after that, it keeps its state. Whether it is alive is the decider's concern; a dead one gets no signals.
 */
export const workerMachine = setup({
  types: { events: {} as WorkerSignal },
  guards: { completed: ({ event }) => event.type === 'exited' && event.outcome === 'completed' },
}).createMachine({
  id: 'worker',
  initial: 'STARTING',
  states: {
    STARTING: {
      on: { started: 'READY', spawn_failed: 'FAILED', ...endings },
    },
    READY: { on: { ...seen, ...endings, ...input, 'saw.none': 'UNKNOWN' } },
    RUNNING: { on: { ...seenExcept('saw.screen_changed'), ...endings, ...input, 'saw.none': 'UNKNOWN' } },
    // Another question or dialog may replace the current one; the watcher distinguishes them.
    AWAITING_USER_INPUT: { on: { ...seen, ...endings, ...input, ...lateDelivery('AWAITING_USER_INPUT') } },
    AWAITING_APPROVAL: { on: { ...seen, ...endings, ...input, ...lateDelivery('AWAITING_APPROVAL') } },
    IDLE: { on: { ...seenExcept('saw.idle'), ...endings, ...input } },
    UNKNOWN: { on: { ...seen, ...endings, ...input } },
    COMPLETED: { on: { ...nextTurn, ...lateDelivery('COMPLETED') } },
    FAILED: { on: { ...nextTurn, ...lateDelivery('FAILED') } },
    CANCELLED: {},
  },
});

/** The next state, or null when the machine refuses the signal in this state. Pure. */
export const next: (state: WorkerState, signal: WorkerSignal) => WorkerState | null = stepper(workerMachine);
