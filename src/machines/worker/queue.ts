import { accepted, type Decision, rejected } from '../../events/decider.ts';
import type { WorkerCommand } from './commands.ts';
import type { Worker } from './state.ts';

/** A request that waits is moved, dropped or started; it has no process for anything else. */
export function decideQueued({ state }: Worker, command: WorkerCommand): Decision {
  switch (command.kind) {
    case 'move_in_queue':
      return accepted({ type: 'worker.queue_moved', data: { state: 'QUEUED', rank: command.rank } });
    case 'dequeue': {
      const { kind: _, ...data } = command;
      return accepted({ type: 'worker.dequeued', data: { state: 'CANCELLED', ...data } });
    }
    default:
      return rejected('SESSION_QUEUED', 'The session waits in the queue and has not started.', {
        state,
        example: 'agentpool queue',
      });
  }
}

/** A start that came to nothing before there was a process: the request waits again, and nothing runs twice. */
export function requeue(
  { state, alive, started, queued }: Worker,
  { reason }: Extract<WorkerCommand, { kind: 'requeue' }>,
): Decision {
  if (!queued || !alive || started || state !== 'STARTING')
    return rejected('SESSION_NOT_QUEUED', 'The session did not wait in the queue, or it has started.', {
      state,
    });
  return accepted({ type: 'worker.requeued', data: { state: 'QUEUED', ...queued, reason } });
}
