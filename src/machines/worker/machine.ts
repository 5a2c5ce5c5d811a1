import { setup } from 'xstate';
import {
  type ObserveEvent,
  observeEvents,
  type WorkerState,
  workerStates,
} from '../../events/catalogue/words.ts';
import { stepper } from '../step.ts';

/**
 * What can happen to a worker. `saw.*` is an observation of its screen; the rest is what was done to it or became known
 * of it.
 */
export type WorkerSignal =
  | {
      type:
        | 'requested'
        | 'dequeued'
        | 'requeued'
        | 'started'
        | 'spawn_failed'
        | 'prompt_delivered'
        | 'message_sent';
    }
  | {
      type:
        | 'deadline_exceeded'
        | 'terminated'
        | 'parked'
        | 'park_ended'
        | 'resume_requested'
        | 'handover_failed';
    }
  | { type: 'lost'; resumable: boolean }
  | { type: 'exited'; outcome: 'completed' | 'failed' | 'lost' }
  /** `from`: the state in which the worker was resumed. */
  | { type: 'resume_failed'; from: WorkerState }
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
  exited: [
    { guard: 'completed', target: 'COMPLETED' },
    { guard: 'resumable', target: 'LOST' },
    { target: 'FAILED' },
  ],
  deadline_exceeded: 'FAILED',
  lost: [{ guard: 'resumable', target: 'LOST' }, { target: 'FAILED' }],
  terminated: 'CANCELLED',
} as const;

/** What may follow once its process is gone: another run. A failed start leaves it as it was. */
const anotherRun = { resume_requested: 'STARTING' } as const;
const backFrom = <State extends WorkerState>(state: State) =>
  ({ guard: { type: 'resumedFrom', params: { state } }, target: state }) as const;

/** What starts another turn of a live worker that has completed or failed its turn. */
const nextTurn = {
  ...anotherRun,
  message_sent: 'RUNNING',
  'saw.screen_changed': 'RUNNING',
  'saw.question': 'AWAITING_USER_INPUT',
  'saw.approval_prompt': 'AWAITING_APPROVAL',
  'saw.overage_prompt': 'AWAITING_APPROVAL',
} as const;

/** Input that the worker is given. */
const input = { prompt_delivered: 'RUNNING', message_sent: 'RUNNING' } as const;

/** A limit has stopped its turn, and it waits for the reset. */
const limited = { parked: 'PARKED' } as const;

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
 * COMPLETED, FAILED, CANCELLED and LOST are final except for what starts another turn or another run. A worker that has completed or failed
 * its turn is still alive at its prompt: it may get another message, or be seen at work again. When it exits, is lost
 * or is ended after that, it keeps its state. Whether it is alive is the decider's concern; a dead one gets no signals.
 */
export const workerMachine = setup({
  types: { events: {} as WorkerSignal },
  guards: {
    completed: ({ event }) => event.type === 'exited' && event.outcome === 'completed',
    resumable: ({ event }) =>
      (event.type === 'exited' && event.outcome === 'lost') || (event.type === 'lost' && event.resumable),
    resumedFrom: ({ event }, { state }: { state: WorkerState }) =>
      event.type === 'resume_failed' && event.from === state,
  },
}).createMachine({
  id: 'worker',
  initial: 'STARTING',
  states: {
    QUEUED: { on: { requested: 'STARTING', dequeued: 'CANCELLED' } },
    STARTING: {
      on: {
        started: 'READY',
        requeued: 'QUEUED',
        spawn_failed: 'FAILED',
        resume_failed: [backFrom('COMPLETED'), backFrom('FAILED'), backFrom('CANCELLED'), backFrom('LOST')],
        ...endings,
      },
    },
    READY: { on: { ...seen, ...endings, ...input, ...limited, 'saw.none': 'UNKNOWN' } },
    RUNNING: {
      on: { ...seenExcept('saw.screen_changed'), ...endings, ...input, ...limited, 'saw.none': 'UNKNOWN' },
    },
    // Another question or dialog may replace the current one; the watcher distinguishes them.
    AWAITING_USER_INPUT: {
      on: { ...seen, ...endings, ...input, ...limited, ...lateDelivery('AWAITING_USER_INPUT') },
    },
    AWAITING_APPROVAL: {
      on: { ...seen, ...endings, ...input, ...limited, ...lateDelivery('AWAITING_APPROVAL') },
    },
    IDLE: { on: { ...seenExcept('saw.idle'), ...endings, ...input, ...limited } },
    // Its prompt is idle, and means nothing new.
    PARKED: {
      on: {
        ...seenExcept('saw.idle'),
        ...endings,
        ...input,
        ...limited,
        park_ended: 'IDLE',
        ...lateDelivery('PARKED'),
      },
    },
    UNKNOWN: { on: { ...seen, ...endings, ...input, ...limited } },
    COMPLETED: { on: { ...nextTurn, ...lateDelivery('COMPLETED') } },
    FAILED: { on: { ...nextTurn, ...limited, ...lateDelivery('FAILED') } },
    // Ended for a successor that could not be started.
    CANCELLED: { on: { ...anotherRun, handover_failed: 'LOST' } },
    // Ended by its caller, it is not to come back.
    LOST: { on: { ...anotherRun, terminated: 'CANCELLED' } },
  },
});

/** The next state, or null when the machine refuses the signal in this state. Pure. */
export const next: (state: WorkerState, signal: WorkerSignal) => WorkerState | null = stepper(workerMachine);

/** Every signal: for what is derived from the machine. */
export const workerSignals: readonly WorkerSignal[] = [
  { type: 'requested' },
  { type: 'dequeued' },
  { type: 'requeued' },
  { type: 'started' },
  { type: 'spawn_failed' },
  { type: 'resume_requested' },
  ...workerStates.map((from) => ({ type: 'resume_failed', from }) as const),
  { type: 'prompt_delivered' },
  { type: 'message_sent' },
  { type: 'parked' },
  { type: 'park_ended' },
  { type: 'handover_failed' },
  { type: 'lost', resumable: true },
  { type: 'lost', resumable: false },
  { type: 'terminated' },
  { type: 'deadline_exceeded' },
  { type: 'exited', outcome: 'completed' },
  { type: 'exited', outcome: 'failed' },
  { type: 'exited', outcome: 'lost' },
  ...observeEvents.map((event) => ({ type: `saw.${event}` }) as const),
];
