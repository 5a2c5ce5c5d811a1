import type { Writable } from 'node:stream';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { exactSpan } from '../../../lib/time/duration.ts';
import { describeEvent } from '../../../projections/replay/event-words.ts';
import type { Then } from '../../../projections/replay/history.ts';
import type { ReplayedEvent } from '../../../projections/replay/replay.ts';
import { columnsOf, paint, stateLabel } from '../../text/style.ts';
import { fit } from '../../text/table.ts';
import { clock } from '../../text/time.ts';
import { wrap } from '../../text/wrap.ts';
import { divergenceLines } from './divergence.ts';

const INDENT = '        ';
/** The maximum lines of evidence shown per event; `--json` has all of them. */
const EVIDENCE = 6;

export function historyHeader(stream: Writable): string {
  return paint(stream).dim(' EVENT  TIME          SINCE START   SINCE LAST  STATE AND WHAT HAPPENED');
}

/** One event of a history: its time, the resulting state, a description and the evidence. */
export function stepLines(step: ReplayedEvent, stream: Writable): string[] {
  const { event, before, after } = step;
  const color = paint(stream);
  const width = columnsOf(stream) - INDENT.length;
  const { description, evidence } = describeEvent(event);
  const time = `${clock(event.occurred_at)}.${event.occurred_at.slice(20, 23)}`;
  const since = `${exactSpan(step.since_start_ms).padStart(11)}  ${exactSpan(step.since_previous_ms).padStart(11)}`;
  const state = after === null ? '' : before === after ? color.dim(`  ${after}`) : stateLabel(after, stream);
  const shown = evidence.slice(0, EVIDENCE).map((line) => fit(stripControl(line), width - 2));
  if (evidence.length > EVIDENCE) shown.push(`… ${evidence.length - EVIDENCE} lines more`);
  return [
    `${String(event.position).padStart(6)}  ${time}  ${color.dim(since)}  ${state}`,
    ...wrap(`${event.actor}: ${stripControl(description)}`, width).map((line) => `${INDENT}${line}`),
    ...shown.map((line) => `${INDENT}${color.dim('│')} ${line}`),
    ...(step.divergence ? divergenceLines(step.divergence, stream).map((line) => `${INDENT}${line}`) : []),
  ];
}

/** The state of a worker at a past moment. */
export function thenLines({ at, event, row, timeline, leases }: Then, stream: Writable): string[] {
  const color = paint(stream);
  const width = columnsOf(stream);
  const facts: [string, string | number | null][] = [
    ['task', row.task],
    ['provider', row.model ? `${row.provider_id}, ${row.model}` : row.provider_id],
    ['isolation', row.isolation.replace('_', ' ')],
    ['repository', row.repo_path],
    ['work tree', row.worktree_removed_at ? null : row.worktree_path],
    ['question', row.question],
    ['readiness', row.readiness],
    ['result', row.result],
    ['reason', row.reason],
    ['exit', row.exit_signal ?? row.exit_code],
    ['process', row.alive ? row.pane_pid : 'gone'],
    ['deadline', row.deadline_at],
    ['leases', leases.filter(({ released_at }) => released_at === null).length || null],
  ];
  const stays = timeline.map(({ state, entered_at, exited_at, because }) => {
    const stayed = Date.parse(exited_at ?? event.occurred_at) - Date.parse(entered_at);
    return `  ${clock(entered_at)}  ${exactSpan(stayed).padStart(11)}  ${stateLabel(state, stream)} ${color.dim(because)}`;
  });
  return [
    `${color.bold(row.id)}  ${stateLabel(row.state, stream)}`,
    color.dim(
      `  at ${at}: event ${event.position}, version ${event.version}, ${event.type}, ${event.occurred_at}`,
    ),
    ...facts
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => `  ${name.padEnd(12)}${fit(stripControl(String(value)), width - 14)}`),
    '',
    color.dim('  SINCE             STAYED  STATE'),
    ...stays,
  ];
}
