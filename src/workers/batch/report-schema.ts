import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { count, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { RUN_EXITS, type RunExit } from '../watch/run/run.ts';

export type TaskExit = RunExit | 'not_started';

/** How a task can end, with the exit code of `run`. */
export const TASK_EXITS: Record<TaskExit, number> = { ...RUN_EXITS, not_started: 1 };

const TaskEnd = oneOf(Object.keys(TASK_EXITS) as TaskExit[]);

export const TaskReport = Type.Object(
  {
    name: text,
    session_id: noted(nullable(text), 'Null if no worker was started.'),
    provider_id: text,
    model: nullable(text),
    account: nullable(text),
    state: nullable(WorkerState),
    exit_reason: noted(TaskEnd, '`interrupted`: its worker keeps working. `not_started`: `reason` says why.'),
    exit_code: count,
    reason: noted(nullable(text), 'Why it failed, or was not started.'),
    changed_files: list(text),
    result: noted(
      nullable(text),
      '`present` if the worker printed a result block; null until it was collected.',
    ),
    seconds: noted(count, 'From its start until it ended its turn, or stopped to ask.'),
    worktree_path: nullable(text),
    worktree_branch: nullable(text),
    artifact_dir: nullable(text),
    earlier: noted(flag, 'Its worker was started when the file was run before.'),
    changed: noted(flag, 'The task was changed in the file after its worker was started.'),
    next: noted(list(text), 'Commands that go on with it, if it needs you.'),
  },
  { title: 'TaskReport', description: 'A task of the file, and how its worker ended.' },
);
export type TaskReport = Static<typeof TaskReport>;

export const BatchReport = Type.Object(
  {
    file: text,
    tasks: list(TaskReport),
    counts: noted(
      Type.Unsafe<Record<TaskExit, number>>({ type: 'object', additionalProperties: count }),
      'How many tasks ended in each way.',
    ),
    exit_reason: TaskEnd,
    exit_code: count,
    left_out: noted(
      list(Type.Object({ name: text, session_id: text, state: WorkerState })),
      'Workers that still run for tasks which are no longer in the file.',
    ),
    again: noted(text, 'The command that goes on with the file.'),
  },
  { title: 'BatchReport', description: 'The tasks of a file, and how each ended.' },
);
export type BatchReport = Static<typeof BatchReport>;
