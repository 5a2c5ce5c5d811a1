import type { Writable } from 'node:stream';
import { counted, firstNames } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import { shortSpan } from '../../../lib/time/duration.ts';
import type { BatchReport, TaskReport } from '../../../workers/batch/report-schema.ts';
import { stepLines } from '../../text/outcome.ts';
import { columnsOf, isTerminal, paint } from '../../text/style.ts';
import { fit, table } from '../../text/table.ts';
import { endLabel, indented } from './batch-view.ts';

/** How many tasks are named in one line, and how many of those that ask. */
const NAMES = 5;
const ASKING = 3;

/** How the tasks of a file ended, and what to type next. */
export function batchLines(report: BatchReport, stream: Writable): string[] {
  const { tasks } = report;
  const color = paint(stream);
  const width = isTerminal(stream) ? columnsOf(stream) : 200;
  const [header = '', ...rows] = table(
    ['task', 'end', 'provider', 'time', 'changed', 'worker'],
    tasks.map((task) => rowOf(task, stream)),
    width,
    0,
  ).split('\n');
  return [
    color.dim(header),
    ...rows,
    '',
    ...notes(report, stream),
    summary(report),
    ...steps(report, stream),
  ];
}

function rowOf(task: TaskReport, stream: Writable): string[] {
  const { name, session_id, provider_id, exit_reason, seconds, changed_files } = task;
  return [
    name,
    endLabel(exit_reason, stream),
    provider_id,
    session_id ? shortSpan(seconds * 1000) : '',
    changed_files.length > 0 ? counted(changed_files.length, 'file') : '',
    session_id ?? '',
  ];
}

function notes({ tasks, left_out }: BatchReport, stream: Writable): string[] {
  const sign = paint(stream).yellow('!');
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of tasks)
    if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  const lines = [...reasons].map(
    ([reason, names]) => `${sign} ${firstNames(names, NAMES)}: ${indented(reason)}`,
  );
  for (const { name, changed, session_id } of tasks)
    if (changed && session_id !== null)
      lines.push(
        `${sign} ${name}: changed in the file after ${session_id} was started. Rename it to start it again.`,
      );
  const left = left_out.map(
    ({ name, session_id, state }) => `${sign} ${name} is no longer in the file; ${session_id} is ${state}.`,
  );
  const all = [...lines, ...left];
  return all.length > 0 ? [...all, ''] : [];
}

const WORDS: [keyof BatchReport['counts'], string][] = [
  ['completed', 'completed'],
  ['question', 'asking a question'],
  ['approval', 'waiting for an approval'],
  ['interrupted', 'still at work'],
  ['limit', 'stopped by a limit'],
  ['failed', 'failed'],
  ['timeout', 'out of time'],
  ['not_started', 'not started'],
];

function summary({ tasks, counts }: BatchReport): string {
  const parts = WORDS.filter(([exit]) => counts[exit] > 0).map(([exit, words]) => `${counts[exit]} ${words}`);
  return `${counted(tasks.length, 'task')}: ${parts.join(', ')}.`;
}

function steps({ tasks, counts, again }: BatchReport, stream: Writable): string[] {
  const asking = tasks.filter(({ exit_reason }) => exit_reason === 'question' || exit_reason === 'approval');
  const failed = counts.failed + counts.timeout + counts.limit;
  const lost = tasks.filter(({ state }) => state === 'LOST');
  const changed = tasks.find(({ changed_files, session_id }) => changed_files.length > 0 && session_id);
  return stepLines(
    [
      ...asking.slice(0, ASKING).flatMap(({ name, next }) =>
        next.slice(0, 2).map((command, index) => ({
          what: index === 0 ? fit(`see what ${name} asks`, 40) : 'answer it',
          command,
        })),
      ),
      ...(asking.length > ASKING
        ? [{ what: `see all ${asking.length} that wait`, command: 'agentpool sessions' }]
        : []),
      ...(changed?.session_id
        ? [{ what: 'see a change', command: shell`agentpool diff ${changed.session_id}` }]
        : []),
      ...(lost.length > 0 ? [{ what: 'bring the lost ones back', command: 'agentpool resume --lost' }] : []),
      ...(asking.length + lost.length + counts.interrupted + counts.not_started > 0
        ? [{ what: 'go on with the file', command: again }]
        : []),
      ...(failed > 0 ? [{ what: 'start the failed ones again', command: `${again} --retry-failed` }] : []),
    ],
    stream,
  );
}
