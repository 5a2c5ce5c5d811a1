import { accepted, type Decision } from '../../events/decider.ts';
import type { WorkerCommand } from './commands.ts';
import { next } from './machine.ts';
import type { Worker } from './state.ts';
import { refuse, rejectionIfOver } from './steps.ts';

/** Parks a worker that stopped at a limit; a parked one only if something else is known of its reset. */
export function park(worker: Worker, command: Extract<WorkerCommand, { kind: 'park' }>): Decision {
  const { kind: _, ...data } = command;
  const rejection = rejectionIfOver(worker);
  if (rejection) return rejection;
  if (worker.handover) return refuse('SESSION_HANDED_OVER', worker);
  if (worker.waitStopped) return refuse('OBSERVATION_IGNORED', worker, 'its caller has stopped its wait');
  const state = worker.state && next(worker.state, { type: 'parked' });
  if (!state) return refuse('INVALID_TRANSITION', worker, 'parked');
  const attempt = worker.state === 'PARKED' ? Math.max(1, worker.parks) : worker.parks + 1;
  return accepted({ type: 'worker.parked', data: { state, ...data, attempt } });
}
