import type { Writable } from 'node:stream';
import type { Capacity } from '../../usage/capacity/capacity.ts';
import type { LiveWorker, Status, Step } from '../../workers/core/setup/status-schema.ts';
import { stepLines } from '../text/outcome.ts';
import { columnsOf, hasColor, isTerminal, paint, stateLabel } from '../text/style.ts';
import { table } from '../text/table.ts';
import { tilde } from '../text/tilde.ts';
import { relative } from '../text/time.ts';
import { renderCapacity } from './limits/limits.ts';
import { parkedUntil } from './workers/parked.ts';

/** The current status for a person; a welcome screen if nothing was done yet. */
export function statusLines(status: Status, capacity: Capacity, stream: Writable): string[] {
  const { providers, workers, has_spawned, next } = status;
  if (!has_spawned) return firstLines(status, capacity, stream);
  const color = paint(stream);
  return [
    ...(providers.length > 0 ? headroomLines(capacity, stream) : ['No limits are known yet.']),
    '',
    ...(workers.length > 0 ? workerLines(status, stream) : [color.dim('No worker is live.')]),
    '',
    ...stepLines([...next, ...offered(stream)], stream),
  ];
}

const headroomLines = (capacity: Capacity, stream: Writable): string[] =>
  renderCapacity(capacity, {
    columns: columnsOf(stream),
    now: new Date(),
    color: hasColor(stream),
  }).split('\n');

const SHOWN = 12;

function workerLines({ workers, checked_at }: Status, stream: Writable): string[] {
  const now = new Date(checked_at);
  const rows = workers
    .slice(0, SHOWN)
    .map(({ session_id, state, parked_until: until, provider_id, updated_at, task }: LiveWorker) => [
      session_id,
      stateLabel(state, stream) + (until === undefined ? '' : ` ${parkedUntil({ until }, now)}`),
      provider_id,
      relative(updated_at, now),
      task,
    ]);
  const more = workers.length > SHOWN ? [`… ${workers.length - SHOWN} more: agentpool sessions --all`] : [];
  return [
    ...table(['WORKER', 'STATE', 'PROVIDER', 'SINCE', 'TASK'], rows, columnsOf(stream)).split('\n'),
    ...more,
  ];
}

/** The first steps, from an empty home to a worker that has answered. */
function firstLines(status: Status, capacity: Capacity, stream: Writable): string[] {
  const color = paint(stream);
  const hasFigures = status.providers.some(({ window }) => window !== null);
  const steps: [boolean, string, string][] = [
    [status.initialized, 'make your home and its config', 'agentpool init'],
    [false, 'see what is here and what is missing', 'agentpool doctor'],
    [hasFigures, 'see what is left of each subscription', 'agentpool usage-summary --refresh'],
    [false, 'hand a task to a fake agent, which costs nothing', status.next.at(-1)?.command ?? ''],
    [false, 'answer what it asks', 'agentpool send @last "the migrations first"'],
    [false, 'wait for its end', 'agentpool observe @last --wait-for completed --timeout 60'],
    [false, 'collect its work', 'agentpool collect @last'],
    [false, 'end it', 'agentpool terminate @last'],
  ];
  return [
    color.bold('AgentPool shows what is left of your coding agents, and hands work to them.'),
    `Nothing was handed over from ${tilde(status.home)} yet. In two minutes:`,
    '',
    ...steps.flatMap(([isDone, what, command], index) => [
      color.dim(`${isDone ? '✓' : index + 1} ${what}`),
      `  ${command}`,
    ]),
    '',
    ...(hasFigures ? [...headroomLines(capacity, stream), ''] : []),
    `Real agents: ${color.bold('agentpool setup all')}. All commands: ${color.bold('agentpool --help')}.`,
    ...offered(stream).map(({ command }) => `All of this as it changes: ${color.bold(command)}.`),
  ];
}

/** The dashboard, for a person. It is named and not opened: a status that waits for a key would be in the way. */
const offered = (stream: Writable): Step[] =>
  isTerminal(stream) ? [{ what: 'open the dashboard', command: 'agentpool top' }] : [];
