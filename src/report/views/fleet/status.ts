import type { Writable } from 'node:stream';
import { span } from '../../../lib/time/duration.ts';
import type { FleetLink, FleetMachine, FleetStatus } from '../../../workers/commands/fleet/schema.ts';
import { plainRecord } from '../../text/plain.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { table } from '../../text/table.ts';
import { relative } from '../../text/time.ts';

/** The fleet of this machine: how it is connected, and a line for each machine. */
export function fleetWords(status: FleetStatus, now: Date, stream: Writable): string {
  const { name, address, database_error: error, asked_at, machines } = status;
  const asked = error
    ? [
        `${paint(stream).yellow('!')} ${error.message}`,
        asked_at === null
          ? '  nothing is known of the other machines yet'
          : `  what follows was known ${relative(asked_at, now)}`,
      ]
    : [];
  return [
    `${name} in ${address}`,
    `  watcher  ${linkWords(status.link, now)}`,
    ...asked,
    '',
    machineTable(machines, now, stream),
  ].join('\n');
}

const LINK_WORDS: Readonly<Record<FleetLink['state'], string>> = {
  connected: 'connected',
  waiting: 'tries to connect',
  stopped: 'shares nothing',
  off: 'none runs: nothing is shared or fetched now. Any spawn starts it, or: agentpool watcher run',
};

function linkWords({ state, since, listens, error }: FleetLink, now: Date): string {
  const when = since === null ? '' : ` since ${relative(since, now)}`;
  const how = state !== 'connected' || listens ? '' : '; asks every second, because no reports arrive';
  return `${LINK_WORDS[state]}${when}${how}${error ? `: ${error.message}` : ''}`;
}

export function machineTable(machines: readonly FleetMachine[], now: Date, stream: Writable): string {
  const color = paint(stream);
  const rows = machines.map((machine) => [
    `${machine.this_machine ? '*' : ' '} ${machine.name}`,
    machine.has_left ? color.dim('has left') : relative(machine.last_seen, now),
    String(machine.position),
    lagWords(machine),
    machine.version,
    color.yellow([...clockWords(machine), ...(machine.fault === null ? [] : [machine.fault])].join('; ')),
  ]);
  return table(['  MACHINE', 'SEEN', 'EVENTS', 'LAG', 'VERSION', ''], rows, columnsOf(stream));
}

/** A clock that differs by less is shown by nothing. */
const CLOCK_MS = 60_000;

function clockWords({ clock_ahead_ms: ms }: FleetMachine): string[] {
  if (Math.abs(ms) < CLOCK_MS) return [];
  return [`its clock is ${span(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`];
}

const lagWords = ({ lag, this_machine }: FleetMachine): string =>
  lag === 0 ? 'none' : `${lag} to ${this_machine ? 'share' : 'fetch'}`;

export const plainMachines = (machines: readonly FleetMachine[]): string[] =>
  machines.map(({ name, machine_id, last_seen, position, position_here, lag, version, has_left }) =>
    plainRecord(
      name,
      machine_id,
      last_seen,
      position,
      position_here,
      lag,
      version,
      has_left ? 'left' : 'member',
    ),
  );
