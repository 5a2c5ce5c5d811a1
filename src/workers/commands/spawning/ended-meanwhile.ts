import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { Worker } from '../../../machines/worker/state.ts';
import type { AppContext } from '../../core/context.ts';
import { workerOf } from '../../core/record.ts';

/** Whether another process has ended the worker, or its time was up. */
export const isEnded = ({ overdue, ending, terminated }: Worker): boolean => overdue || ending || terminated;

/**
 * SESSION_ENDED for a worker that was not started because another process has ended it in the meantime; null if none has.
 * What fails then, fails because of that: its terminal is gone, or its start cannot be recorded.
 */
export function endedMeanwhile(app: AppContext, id: string, cause: unknown): AgentPoolError | null {
  const worker = workerOf(app, id);
  const { state, overdue } = worker;
  if (!isEnded(worker)) return null;
  const why = overdue ? 'its time was up (--max-runtime-seconds)' : 'it was terminated';
  const message = `${id} was not started: ${why} before its process ran.`;
  const details = { session_id: id, state, example: shell`agentpool session show ${id}` };
  return new AgentPoolError('SESSION_ENDED', message, details, { cause });
}
