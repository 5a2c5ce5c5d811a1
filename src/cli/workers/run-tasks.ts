import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { batchLines } from '../../report/views/batch/batch.ts';
import { BatchView } from '../../report/views/batch/batch-view.ts';
import { claimFile } from '../../workers/batch/claim.ts';
import { readBatch } from '../../workers/batch/read.ts';
import { batchReport } from '../../workers/batch/report.ts';
import type { BatchReport } from '../../workers/batch/report-schema.ts';
import { BatchRun } from '../../workers/batch/run-batch.ts';
import type { AppContext } from '../../workers/core/context.ts';
import type { Call } from '../output/call.ts';
import { onInterrupt } from './wait-in-view.ts';

interface Options {
  tasks: string;
  keep: boolean;
  retryFailed: boolean;
  /** Options of `run` that were given beside --tasks, and do not go with it. */
  others: readonly string[];
}

/** `agentpool run --tasks FILE`. Returns the exit code. @throws TASKS_INVALID, TASKS_RUN_ELSEWHERE, INVALID_REQUEST */
export async function run(call: Call<BatchReport>, options: Options, app: AppContext): Promise<number> {
  const { tasks: file, keep, retryFailed, others } = options;
  if (others.length > 0) throw notBesideTasks(file, others);
  const batch = await readBatch(app, file);
  const interrupt = onInterrupt();
  let release = () => {};
  const view = call.json ? null : new BatchView(call.context.stderr);
  const show: BatchView['show'] = (tasks) => view?.show(tasks);
  try {
    release = claimFile(app, batch.file);
    const { signal } = interrupt;
    const run = new BatchRun(app, batch, { keep, retryFailed, signal, onChange: show });
    const now = await run.run();
    show(now);
    const report = batchReport(app, batch, now, { interrupted: signal.aborted, now: app.given().now });
    view?.close();
    call.print(report, (report) => batchLines(report, call.context.stdout).join('\n'));
    return report.exit_code;
  } finally {
    view?.close();
    interrupt.forget();
    release();
  }
}

const notBesideTasks = (file: string, others: readonly string[]) =>
  new AgentPoolError(
    'INVALID_REQUEST',
    `${others.join(' and ')} ${others.length === 1 ? 'does' : 'do'} not go with --tasks: the file says what its tasks are started with. Put it below defaults: in ${file}, or below a task.`,
    { example: shell`agentpool run --tasks ${file}` },
  );
