import type { Writable } from 'node:stream';
import type { SessionList } from '../../../projections/sessions/schema.ts';
import { stepLines } from '../../text/outcome.ts';
import { plainRecord } from '../../text/plain.ts';
import { columnsOf, stateLabel } from '../../text/style.ts';
import { table } from '../../text/table.ts';
import { relative } from '../../text/time.ts';
import { agesOfMachines } from '../fleet/machine-ages.ts';
import { watchFaultLine } from './observed.ts';
import { parkedUntil } from './parked.ts';

/** What a list of workers needs beside the list. */
export interface SessionTable {
  /** The places of queued requests, by the id of their session. */
  places: ReadonlyMap<string, number>;
  /** What to print in place of an empty list. */
  none: string;
  /** The command that has the option for what follows this page; by default the one that printed it. */
  pages?: string;
  stdout: Writable;
}

/** A list of workers as a table, with what is wrong with them below it, and what to type next. */
export function sessionTable(
  { sessions, pagination, machines, next = [] }: SessionList,
  { places, none, pages, stdout }: SessionTable,
): string {
  const steps = next.length > 0 ? `\n${stepLines(next, stdout).join('\n')}` : '';
  const now = new Date();
  const ages = agesOfMachines(machines ?? [], now, stdout)
    .map((line) => `\n${line}`)
    .join('');
  if (sessions.length === 0) return none + ages + steps;
  const isChain = sessions.some(({ predecessor }) => predecessor !== null);
  const rows = sessions.map(
    ({ id, machine = '', state, exit_code, provider_id, created_at, task, predecessor, parked }) => [
      id,
      ...(machines ? [machine] : []),
      stateLabel(state, stdout) +
        (state === 'FAILED' && exit_code !== null ? ` (exit code ${exit_code})` : '') +
        (parked === null ? '' : ` ${parkedUntil(parked, now)}`),
      provider_id,
      relative(created_at, now),
      ...(isChain ? [predecessor ?? ''] : []),
      task,
    ],
  );
  const troubles = sessions.flatMap(({ id, watch_fault, queued, warnings = [] }) => {
    const lines = [
      ...(queued ? [`  place ${places.get(id) ?? 1} in its queue: ${queued.reason}`] : []),
      ...(watch_fault ? [watchFaultLine(watch_fault)] : []),
      ...warnings.map((warning) => `  ! ${warning}`),
    ];
    return lines.length > 0 ? [`\n${[id, ...lines].join('\n')}`] : [];
  });
  const more = pagination.has_more
    ? `\n… ${pagination.total - sessions.length} more: ${pages ? `${pages} ` : ''}--offset ${pagination.next_offset}`
    : '';
  const columns = [
    ...['SESSION', ...(machines ? ['MACHINE'] : []), 'STATE', 'PROVIDER', 'CREATED'],
    ...[...(isChain ? ['SUCCESSOR OF'] : []), 'TASK'],
  ];
  return table(columns, rows, columnsOf(stdout)) + troubles.join('') + ages + more + steps;
}

/** The same, one worker per line. */
export const plainSessions = ({ sessions }: SessionList): string[] =>
  sessions.map(({ id, state, provider_id, created_at, task, machine }) =>
    plainRecord(id, state, provider_id, created_at, task, ...(machine === undefined ? [] : [machine])),
  );
