import type { Writable } from 'node:stream';
import type { QueuedRequest, QueueReport } from '../../../workers/queue/commands.ts';
import { plainRecord } from '../../text/plain.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { table } from '../../text/table.ts';
import { relative } from '../../text/time.ts';

/** The requests that wait for their start, what is in their way, and when it may be gone. */
export function queueLines({ queue, watched }: QueueReport, stream: Writable, now: Date): string[] {
  if (queue.length === 0) return ['Nothing is queued.'];
  const [header = '', ...rows] = table(
    ['place', 'worker', 'provider', 'may start', 'because', 'task'],
    queue.map((request) => rowOf(request, now)),
    columnsOf(stream),
  ).split('\n');
  const color = paint(stream);
  return [
    color.dim(header),
    ...rows,
    ...(watched ? [] : [`${color.yellow('!')} No watcher runs yet; the next command starts it.`]),
  ];
}

function rowOf(request: QueuedRequest, now: Date): string[] {
  const { place, session_id, provider_id, account, reason, deadline, task } = request;
  const end = deadline === null ? '' : ` (dropped ${relative(deadline, now)})`;
  return [
    String(place),
    session_id,
    account === null ? provider_id : `${provider_id}@${account}`,
    startOf(request, now),
    `${shortly(reason)}${end}`,
    task,
  ];
}

/** Without the time, which is in a column of its own. */
const shortly = (reason: string): string => reason.split(/; it is back at|, and policy\./)[0] ?? reason;

function startOf({ why, may_start_at }: QueuedRequest, now: Date): string {
  if (why === 'starting') return 'now';
  return may_start_at === null ? 'as soon as it can' : relative(may_start_at, now);
}

export const queuePlain = ({ queue }: QueueReport): string[] =>
  queue.map(({ session_id, provider_id, place, why, may_start_at, deadline, task }) =>
    plainRecord(session_id, provider_id, String(place), why, may_start_at ?? '', deadline ?? '', task),
  );
