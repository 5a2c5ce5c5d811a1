import type { EventData, FoldedEvent } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import type { OnLimit } from '../../events/catalogue/worker-shapes.ts';

/** States in which a worker's turn, or the worker itself, has ended. */
export const finalStates = [
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'LOST',
] as const satisfies readonly WorkerState[];

export const isFinal = (state: string): boolean => (finalStates as readonly string[]).includes(state);

/** The stream of one worker. */
export const workerStream = (sessionId: string) => `worker/${sessionId}`;

/** The session of a worker's stream; null for any other stream. */
export const sessionOfStream = (stream: string): string | null =>
  stream.startsWith('worker/') ? stream.slice('worker/'.length) : null;

/** What decisions about a worker need, folded from its stream. */
export interface Worker {
  /** null: no such worker was ever requested. */
  state: WorkerState | null;
  /** From the request until its process is known to be gone. */
  alive: boolean;
  started: boolean;
  promptDelivered: boolean;
  /** Messages given to it, the task included. */
  turns: number;
  maxTurns: number | null;
  deadlineAt: string | null;
  maxRuntimeSeconds: number | null;
  /** It is being ended: an exit of its process is part of that, and not recorded on its own. */
  ending: boolean;
  /** Its time has run out: it is FAILED, whatever its screen shows until it is ended. */
  overdue: boolean;
  terminated: boolean;
  /** The event id of the message whose delivery is still unknown. */
  sending: string | null;
  /** The event id of the newest text that was not seen to be submitted: it may still be in the input box. */
  unproven: string | null;
  /** The watcher fails to watch it. */
  unwatched: boolean;
  /** Its caller has interrupted its wait for a limit: it does not wait again until its next message. */
  waitStopped: boolean;
  worktree: { path: string; branch: string; base: string } | null;
  /** The number of its process: 1 for that of the spawn, 0 before it is requested. */
  run: number;
  /** The state in which it was resumed, until its new process has started. */
  resumedFrom: WorkerState | null;
  /** The id of its agent's conversation, as soon as it is known. */
  conversation: string | null;
  /** How often it was parked since its last turn that was not a continuation. */
  parks: number;
  /** What its caller wants to happen when it stops at a limit; null for nothing. */
  onLimit: OnLimit | null;
  /** Its place in the queue, also once it has left it; null if it never waited. */
  queued: { rank: number; not_before: string | null; expires_at: string | null } | null;
  /** Who takes over, from the intent on; `done` once it has. `wasTerminated`: whether it had been ended before the intent. */
  handover: { successor: string; done: boolean; wasTerminated: boolean } | null;
}

/** What a run of a worker begins with, whatever was before it. */
const NEW_RUN = {
  ending: false,
  overdue: false,
  terminated: false,
  sending: null,
  unproven: null,
  unwatched: false,
  waitStopped: false,
} satisfies Partial<Worker>;

export const noWorker: Worker = {
  state: null,
  alive: false,
  started: false,
  promptDelivered: false,
  turns: 0,
  maxTurns: null,
  deadlineAt: null,
  maxRuntimeSeconds: null,
  ...NEW_RUN,
  worktree: null,
  run: 0,
  resumedFrom: null,
  conversation: null,
  parks: 0,
  onLimit: null,
  queued: null,
  handover: null,
};

/** Folds one event; events that do not concern the worker's decisions change nothing. */
export function evolveWorker(worker: Worker, event: FoldedEvent): Worker {
  switch (event.type) {
    case 'worker.spawn_requested':
      return {
        ...noWorker,
        state: event.data.state,
        alive: true,
        maxTurns: event.data.max_turns,
        deadlineAt: event.data.deadline_at,
        maxRuntimeSeconds: event.data.max_runtime_seconds,
        run: 1,
        onLimit: event.data.on_limit ?? null,
        queued: worker.queued,
      };
    case 'worker.queued':
    case 'worker.requeued': {
      const { state, rank, not_before, expires_at } = event.data;
      return { ...noWorker, state, queued: { rank, not_before, expires_at } };
    }
    case 'worker.queue_moved': {
      const { state, rank } = event.data;
      return { ...worker, state, queued: worker.queued && { ...worker.queued, rank } };
    }
    case 'worker.dequeued':
    case 'worker.took_over':
      return { ...worker, state: event.data.state };
    case 'worker.started':
      return { ...worker, state: event.data.state, started: true, resumedFrom: null };
    case 'worker.prompt_delivered':
      return { ...worker, state: event.data.state, promptDelivered: true, turns: worker.turns + 1 };
    case 'worker.message_sent':
      return {
        ...worker,
        state: event.data.state,
        turns: event.data.turn,
        sending: event.event_id,
        unproven: event.event_id,
        ...(event.data.continuation ? {} : { parks: 0, waitStopped: false }),
      };
    case 'worker.message_delivered': {
      const { state, delivery, sent_event_id } = event.data;
      return { ...worker, state, sending: null, unproven: delivery === 'unproven' ? sent_event_id : null };
    }
    case 'worker.message_drafted':
      return { ...worker, state: event.data.state, unproven: event.event_id };
    case 'worker.spawn_failed':
    case 'worker.exited':
    case 'worker.lost':
      return { ...worker, state: event.data.state, alive: false };
    case 'worker.termination_requested':
      return { ...worker, state: event.data.state, ending: true };
    case 'worker.terminated':
      return { ...worker, state: event.data.state, alive: false, terminated: true };
    case 'worker.deadline_exceeded':
      return { ...worker, state: event.data.state, deadlineAt: null, overdue: true };
    case 'worker.conversation_identified':
      return { ...worker, state: event.data.state, conversation: event.data.conversation_id };
    case 'worker.resume_requested':
      return resumed(worker, event.data);
    case 'worker.resume_failed':
      return { ...worker, state: event.data.state, alive: false, resumedFrom: null };
    case 'worker.parked':
      return { ...worker, state: event.data.state, parks: event.data.attempt };
    case 'worker.park_ended':
      return {
        ...worker,
        state: event.data.state,
        waitStopped: worker.waitStopped || event.data.reason === 'stopped',
      };
    case 'worker.handover_requested':
      return {
        ...worker,
        state: event.data.state,
        handover: { successor: event.data.successor, done: false, wasTerminated: worker.terminated },
      };
    case 'worker.handed_over':
      return {
        ...worker,
        state: event.data.state,
        handover: {
          successor: event.data.successor,
          done: true,
          wasTerminated: worker.handover?.wasTerminated ?? false,
        },
      };
    case 'worker.handover_failed':
      return {
        ...worker,
        state: event.data.state,
        handover: null,
        // Its caller may still end it for good.
        terminated: worker.terminated && event.data.state !== 'LOST',
      };
    case 'worker.transitioned':
    case 'worker.keys_sent':
    case 'worker.interrupted':
    case 'worker.limit_warned':
    case 'worker.retrying':
    case 'worker.recovered':
    case 'worker.observations_omitted':
    case 'worker.collected':
    case 'worker.patch_applied':
    case 'worker.files_removed':
      return { ...worker, state: event.data.state };
    case 'worker.watch_failed':
      return { ...worker, state: event.data.state, unwatched: true };
    case 'worker.watch_restored':
      return { ...worker, state: event.data.state, unwatched: false };
    case 'worktree.created':
      return { ...worker, worktree: event.data };
    case 'worktree.removed':
      return { ...worker, worktree: null };
    default:
      return worker;
  }
}

/** A new process: it may get a text, and nothing of the old process's end counts any more. */
const resumed = (worker: Worker, data: EventData<'worker.resume_requested'>): Worker => ({
  ...worker,
  state: data.state,
  alive: true,
  started: false,
  promptDelivered: data.text === null,
  deadlineAt: data.deadline_at,
  ...NEW_RUN,
  run: data.run,
  resumedFrom: data.from,
  // Another conversation has another id.
  conversation: data.conversation_id,
  parks: data.waits_for ? Math.max(0, worker.parks - 1) : 0,
});
