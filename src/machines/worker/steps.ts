import type { DomainEvent } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { accepted, type Decision, rejected } from '../../events/decider.ts';
import type { ErrorCode } from '../../lib/error-codes/index.ts';
import { next, type WorkerSignal } from './machine.ts';
import type { Worker } from './state.ts';

/** The end of a live worker: the machine's state, or the current one when its turn had already ended. */
export function end(
  worker: Worker,
  signal: WorkerSignal,
  event: (state: WorkerState) => DomainEvent,
): Decision {
  if (!worker.alive || !worker.state) return refuse('SESSION_ENDED', worker);
  return accepted(event(next(worker.state, signal) ?? worker.state));
}

export function step(
  worker: Worker,
  signal: WorkerSignal,
  event: (state: WorkerState) => DomainEvent,
): Decision {
  const state = worker.alive && worker.state ? next(worker.state, signal) : null;
  return state ? accepted(event(state)) : refuse('INVALID_TRANSITION', worker, signal.type);
}

/** Rejects commands to a worker that has ended, or is being ended: its last screens must not revive it. */
export function rejectionIfOver(worker: Worker): Decision | null {
  if (!worker.alive) return refuse('SESSION_ENDED', worker);
  return worker.ending || worker.overdue ? refuse('SESSION_ENDING', worker) : null;
}

export const ifAlive = (worker: Worker, event: DomainEvent): Decision =>
  worker.alive ? accepted(event) : refuse('SESSION_ENDED', worker);

/** Accepts what concerns a running turn only. */
export const ifRunning = (worker: Worker, event: DomainEvent): Decision =>
  worker.state === 'RUNNING' ? ifAlive(worker, event) : refuse('OBSERVATION_IGNORED', worker);

export const rejectionIfOutOfTurns = ({ maxTurns, turns }: Worker): Decision | null =>
  maxTurns !== null && turns >= maxTurns
    ? rejected('MAX_TURNS_REACHED', `The worker has used the ${maxTurns} turns it was allowed.`, {
        turns,
        max_turns: maxTurns,
      })
    : null;

const REASONS: Record<string, string> = {
  SESSION_EXISTS: 'A session with this id already exists.',
  SESSION_ENDED: 'The session has ended; its process is gone.',
  SESSION_ALIVE: 'The worker still runs.',
  SESSION_NOT_RESUMABLE: 'The worker never ran: there is nothing to go on with.',
  SESSION_HANDED_OVER: 'The work of this worker is being handed over.',
  SESSION_ENDING: 'The session is being ended, or its time has run out.',
  PROMPT_ALREADY_DELIVERED: 'The task has been delivered already.',
  MESSAGE_NOT_PENDING: 'No such message waits for its delivery.',
};

export function refuse(code: ErrorCode, worker: Worker, what?: string): Decision {
  const message = REASONS[code] ?? `A worker in state ${worker.state} refuses this: ${what ?? code}.`;
  return rejected(code, message, { state: worker.state });
}
