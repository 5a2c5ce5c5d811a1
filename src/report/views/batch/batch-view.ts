import type { Writable } from 'node:stream';
import { counted } from '../../../lib/text/counted.ts';
import { shortSpan } from '../../../lib/time/duration.ts';
import { secondsOf } from '../../../workers/batch/report.ts';
import type { TaskExit } from '../../../workers/batch/report-schema.ts';
import type { TaskNow } from '../../../workers/batch/run-batch.ts';
import { placeOf } from '../../../workers/queue/situation.ts';
import { Redrawn } from '../../text/redrawn.ts';
import { columnsOf, isTerminal, paint, rowsOf, stateSign } from '../../text/style.ts';
import { fit, table } from '../../text/table.ts';
import { widthOf } from '../../text/width.ts';

const DRAW_EVERY_MS = 250;

/** The end of a task in words, with the state whose sign it gets. */
const ENDS: Record<TaskExit, [state: string, words: string]> = {
  completed: ['COMPLETED', 'completed'],
  question: ['AWAITING_USER_INPUT', 'asks a question'],
  approval: ['AWAITING_APPROVAL', 'waits for an approval'],
  limit: ['FAILED', 'reached a limit'],
  failed: ['FAILED', 'failed'],
  timeout: ['FAILED', 'ran out of time'],
  interrupted: ['RUNNING', 'still works'],
  not_started: ['CANCELLED', 'not started'],
};

export function endLabel(exit: TaskExit, stream: Writable): string {
  const [state, words] = ENDS[exit];
  return `${stateSign(state, stream)} ${words}`;
}

/** Which tasks a small terminal shows first: those that need a person, then those that move. */
const RANKS = ['asking', 'ending', 'working', 'done', 'open'] as const;

const rankOf = ({ standing }: TaskNow): number =>
  standing.kind === 'done' && standing.exit !== 'completed' ? 2.5 : RANKS.indexOf(standing.kind);

/**
 * The tasks of a file while they run: on a terminal a table that is redrawn in place and erased at the end, in a log a
 * line for each change.
 */
export class BatchView {
  readonly #stream: Writable;
  readonly #drawn: Redrawn;
  readonly #timer: NodeJS.Timeout | null;
  readonly #logged = new Map<string, string>();
  #tasks: readonly TaskNow[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#drawn = new Redrawn(stream);
    this.#timer = isTerminal(stream) ? setInterval(() => this.#draw(), DRAW_EVERY_MS) : null;
  }

  show(tasks: readonly TaskNow[]): void {
    this.#tasks = tasks;
    if (this.#timer) this.#draw();
    else for (const task of tasks) this.#log(task);
  }

  close(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#drawn.erase();
  }

  #log(task: TaskNow): void {
    const line = logLine(task, this.#stream);
    const { name } = task.task;
    const isNews = line !== null && this.#logged.get(name) !== line;
    if (!isNews) return;
    this.#logged.set(name, line);
    this.#stream.write(`${name}: ${line}\n`);
  }

  #draw(): void {
    const width = columnsOf(this.#stream) - 1;
    const most = Math.max(1, rowsOf(this.#stream) - 5);
    const shown = new Set([...this.#tasks].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, most));
    const rows = this.#tasks.filter((task) => shown.has(task)).map((task) => this.#row(task));
    const color = paint(this.#stream);
    const drawn = taskTable(rows, width);
    this.#drawn.draw([
      ...drawn.map((line, index) => (index === 0 ? color.dim(line) : line)),
      ...(shown.size < this.#tasks.length
        ? [color.dim(fit(`… and ${this.#tasks.length - shown.size} more`, width))]
        : []),
      color.dim(fit(`${this.#counts()}; Ctrl-C leaves the workers running`, width)),
    ]);
  }

  #row(task: TaskNow): string[] {
    const { session, standing, fault } = task;
    const { name, request } = task.task;
    const time = session && standing.kind !== 'open' ? shortSpan(secondsOf(task, new Date()) * 1000) : '';
    const about = fault ?? session?.id ?? '';
    return [name, nowLabel(task, this.#stream), session?.provider_id ?? request.provider, time, about];
  }

  #counts(): string {
    const count = (kind: TaskNow['standing']['kind']) =>
      this.#tasks.filter(({ standing }) => standing.kind === kind).length;
    const asking = count('asking');
    return [
      `${count('done')} of ${counted(this.#tasks.length, 'task')} done`,
      `${count('working') + count('ending')} at work`,
      ...(asking > 0 ? [`${asking} waiting for you`] : []),
    ].join(', ');
  }
}

const HEADER = ['task', 'now', 'provider', 'time', 'worker'];
/** The columns of a narrower and narrower terminal. */
const COLUMNS = [
  [0, 1, 2, 3, 4],
  [0, 1, 3, 4],
  [0, 1, 4],
  [0, 1],
];
/** The columns that an error may take: the other rows would be as long. */
const ABOUT = 40;

/** The header and the rows, none of them wider than the terminal: a wrapped one could not be drawn again in place. */
export function taskTable(rows: readonly string[][], width: number): string[] {
  const cut = rows.map((row) => row.map((cell, column) => (column === 4 ? fit(cell, ABOUT) : cell)));
  const drawn = COLUMNS.map((columns) => {
    const of = (row: string[]) => columns.map((column) => row[column] ?? '');
    return table(of(HEADER), cut.map(of), width, 0).split('\n');
  });
  return drawn.find((lines) => lines.every((line) => widthOf(line) <= width)) ?? drawn.at(-1) ?? [];
}

function nowLabel({ standing, session }: TaskNow, stream: Writable): string {
  const label = (state: string, words: string) => `${stateSign(state, stream)} ${words}`;
  switch (standing.kind) {
    case 'open':
      return label('', 'waits');
    case 'working':
      if (session?.state === 'QUEUED') return label('QUEUED', 'is queued');
      return session?.pane_pid == null ? label('STARTING', 'starts') : label(session.state, 'works');
    case 'ending':
      return label('STARTING', 'is collected');
    default:
      return endLabel(standing.exit, stream);
  }
}

/** With the output of a command in it, whose lines must not look like ours. */
export const indented = (reason: string): string => reason.replaceAll('\n', '\n    ');

/** Null for what a log need not say. */
function logLine(task: TaskNow, stream: Writable): string | null {
  const { standing, session, progress, fault, isEarlier, isChanged } = task;
  if (standing.kind === 'open' || standing.kind === 'ending') return null;
  if (session?.state === 'QUEUED') return `${session.id} is queued: ${placeOf(session).reason}`;
  if (standing.kind === 'working')
    return session?.pane_pid == null
      ? null
      : `${session.id} works (${session.provider_id})${isEarlier ? ', started before' : ''}${isChanged ? ', by the task as it was before it was changed' : ''}`;
  const { exit } = standing;
  const files = progress?.changedFiles.length ?? 0;
  const about = [
    ...(session && exit !== 'not_started' ? [session.id, `${secondsOf(task, new Date())} s`] : []),
    ...(standing.kind === 'done' && files > 0 ? [`${counted(files, 'changed file')}`] : []),
    ...(isEarlier && standing.kind === 'done' ? ['ended before'] : []),
    ...(fault === null ? [] : [indented(fault)]),
  ].join(', ');
  return `${endLabel(exit, stream)}${about && `: ${about}`}`;
}
