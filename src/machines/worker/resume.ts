import type { WorkerState } from '../../events/catalogue/words.ts';
import { accepted, type Decision, rejected } from '../../events/decider.ts';
import { shell } from '../../lib/text/shell.ts';
import type { Resume, WorkerCommand } from './commands.ts';
import { next } from './machine.ts';
import type { Worker } from './state.ts';
import { refuse, rejectionIfOutOfTurns } from './steps.ts';

/** Starts another run of a worker whose process is gone: never a second process on one conversation. */
export function resume(worker: Worker, from: WorkerState, command: Resume, now: Date): Decision {
  const { kind: _, liveSuccessor, ...data } = command;
  if (worker.alive) return refuse('SESSION_ALIVE', worker);
  // It was dropped from the queue.
  if (worker.run === 0) return refuse('SESSION_NOT_RESUMABLE', worker);
  if (worker.handover && !worker.handover.done) return refuse('SESSION_HANDED_OVER', worker);
  if (liveSuccessor !== null)
    return rejected('SESSION_HANDED_OVER', `Its work goes on in ${liveSuccessor}.`, {
      state: from,
      successor: liveSuccessor,
      example: shell`agentpool session show ${liveSuccessor}`,
    });
  const outOfTurns = data.text === null ? null : rejectionIfOutOfTurns(worker);
  if (outOfTurns) return outOfTurns;
  const state = next(from, { type: 'resume_requested' });
  if (!state) return refuse('INVALID_TRANSITION', worker, 'resume_requested');
  const seconds = worker.maxRuntimeSeconds;
  const deadline_at = seconds === null ? null : new Date(now.getTime() + seconds * 1000).toISOString();
  return accepted({
    type: 'worker.resume_requested',
    data: { from, state, run: worker.run + 1, ...data, deadline_at },
  });
}

export function failResume(
  worker: Worker,
  { code, reason }: Extract<WorkerCommand, { kind: 'fail_resume' }>,
): Decision {
  const { resumedFrom, alive } = worker;
  const state = alive && resumedFrom && next('STARTING', { type: 'resume_failed', from: resumedFrom });
  if (!state || worker.state !== 'STARTING') return refuse('INVALID_TRANSITION', worker, 'resume_failed');
  return accepted({ type: 'worker.resume_failed', data: { state, code, reason } });
}
