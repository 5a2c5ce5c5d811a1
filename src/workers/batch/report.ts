import { shell } from '../../lib/text/shell.ts';
import type { AppContext } from '../core/context.ts';
import { stepsFor } from '../core/setup/next-steps.ts';
import { placeOf } from '../queue/situation.ts';
import { batchExit } from './decide.ts';
import type { Batch } from './read.ts';
import { type BatchReport, TASK_EXITS, type TaskExit, type TaskReport } from './report-schema.ts';
import type { TaskNow } from './run-batch.ts';
import { newestOfTasks } from './standing.ts';

interface Given {
  interrupted: boolean;
  now: Date;
}

/** The tasks of a file as a run of them leaves them. */
export function batchReport(
  app: Pick<AppContext, 'ledger'>,
  { file, tasks }: Batch,
  now: readonly TaskNow[],
  given: Given,
): BatchReport {
  const reports = now.map((task) => taskReport(task, given));
  const exits = reports.map(({ exit_reason }) => exit_reason);
  const exit = given.interrupted ? 'interrupted' : batchExit(exits);
  const names = new Set(tasks.map(({ name }) => name));
  const left = [...newestOfTasks(app, file).values()].filter(
    ({ session, mark }) => session.alive === 1 && !names.has(mark.task),
  );
  return {
    file,
    tasks: reports,
    counts: Object.fromEntries(
      (Object.keys(TASK_EXITS) as TaskExit[]).map((each) => [
        each,
        exits.filter((reason) => reason === each).length,
      ]),
    ) as Record<TaskExit, number>,
    exit_reason: exit,
    exit_code: TASK_EXITS[exit],
    left_out: left.map(({ session, mark }) => ({
      name: mark.task,
      session_id: session.id,
      state: session.state,
    })),
    again: shell`agentpool run --tasks ${file}`,
  };
}

function taskReport(task: TaskNow, given: Given): TaskReport {
  const { session, progress, fault, isEarlier, isChanged } = task;
  const exit = exitOf(task);
  const { request, name } = task.task;
  const hasRun = session !== null && exit !== 'not_started';
  const reason = exit === 'completed' ? null : (queuedReason(session) ?? progress?.reason ?? null);
  return {
    name,
    session_id: session?.id ?? null,
    provider_id: session?.provider_id ?? request.provider,
    model: session ? session.model : request.model,
    account: session ? session.account : request.account,
    state: session?.state ?? null,
    exit_reason: exit,
    exit_code: TASK_EXITS[exit],
    reason:
      fault ?? reason ?? (exit === 'not_started' && given.interrupted ? 'the run was interrupted' : null),
    changed_files: progress?.changedFiles ?? [],
    result: progress?.result ?? null,
    seconds: session ? secondsOf(task, given.now) : 0,
    worktree_path: session?.worktree_removed_at === null ? session.worktree_path : null,
    worktree_branch: session?.worktree_branch ?? null,
    artifact_dir: session?.artifact_dir ?? null,
    earlier: isEarlier,
    changed: isChanged,
    next: hasRun && isOpen(session) && exit !== 'completed' ? stepsOf(session) : [],
  };
}

/** Why its worker has not started; it starts without the run. */
const queuedReason = (session: TaskNow['session']): string | null =>
  session?.state === 'QUEUED' ? `queued: ${placeOf(session).reason}` : null;

type Session = NonNullable<TaskNow['session']>;

/** Whether its worker can go on. */
const isOpen = ({ alive, state }: Session): boolean => alive === 1 || state === 'LOST';

const stepsOf = ({ id, state, alive }: Session): string[] =>
  stepsFor({ id, state, alive: alive === 1 }).map(({ command }) => command);

function exitOf({ standing, session }: TaskNow): TaskExit {
  switch (standing.kind) {
    case 'open':
      return 'not_started';
    case 'working':
      return session === null || session.pane_pid === null ? 'not_started' : 'interrupted';
    default:
      return standing.exit;
  }
}

/** How long the worker of a task has worked, in seconds. */
export function secondsOf({ session, progress }: Pick<TaskNow, 'session' | 'progress'>, now: Date): number {
  if (!session) return 0;
  const end = progress?.endedAt ? new Date(progress.endedAt) : now;
  return Math.max(0, Math.round((end.getTime() - new Date(session.created_at).getTime()) / 1000));
}
