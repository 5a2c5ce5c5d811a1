import { existsSync } from 'node:fs';
import { lastPosition } from '../../events/store/log-queries.ts';
import { errorMessage } from '../../lib/errors.ts';
import type { Projection } from '../../projections/projection.ts';
import { openReader, type Rows } from '../../projections/reader.ts';
import { type KnownMachine, readState, seenMsAgo } from '../state-file.ts';
import { replicaFile, replicatedMachines } from './replica.ts';

/** Two clocks that differ by less agree, in milliseconds: so much can be the way to the database. */
const SAME_CLOCK_MS = 2000;

/** Another machine of the fleet, as it is known here. */
export interface OtherMachine {
  machineId: string;
  /** The beginning of its id while its name is not known. */
  name: string;
  /** How long ago it was there, in milliseconds; null if that is not known. */
  seenMsAgo: number | null;
  /** What to add to a time of its log for the time of this machine's clock, in milliseconds. */
  shiftMs: number;
  /** The end of its log in the fleet. */
  position: number;
  hasLeft: boolean;
  /** Why its log cannot be added to here, or not be read; null if it can. */
  fault: string | null;
}

/** Where the logs of the other machines are. */
export interface ReplicaPlace {
  /** The folder `fleet` of AGENTPOOL_HOME. */
  folder: string;
  /** This machine's own id. */
  machineId: string;
  now: Date;
}

/** The other machines of the fleet, by their names. Reads one small file. */
export function otherMachines({ folder, machineId, now }: ReplicaPlace): OtherMachine[] {
  const state = readState(folder);
  const known = new Map(state?.machines.map((machine) => [machine.machine_id, machine]));
  const own = known.get(machineId)?.clock_ahead_ms ?? 0;
  return [...new Set([...known.keys(), ...replicatedMachines(folder)])]
    .filter((id) => id !== machineId)
    .map((id) => otherMachine(id, known.get(id), { own, askedAt: state?.asked_at ?? null, now }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function otherMachine(
  machineId: string,
  known: KnownMachine | undefined,
  { own, askedAt, now }: { own: number; askedAt: string | null; now: Date },
): OtherMachine {
  const shiftMs = known ? Math.round(own - known.clock_ahead_ms) : 0;
  return {
    machineId,
    name: known?.name ?? machineId.slice(0, 8),
    seenMsAgo: known ? seenMsAgo(known, askedAt, now) : null,
    shiftMs: Math.abs(shiftMs) < SAME_CLOCK_MS ? 0 : shiftMs,
    position: known?.position ?? 0,
    hasLeft: known?.has_left ?? false,
    fault: known?.fault ?? null,
  };
}

/** What a query found in the log of another machine. */
export interface FoundElsewhere<T> {
  machine: OtherMachine;
  /** The events of the machine that are not here yet. */
  lag: number;
  /** Null where its log is not here or cannot be read. */
  value: T | null;
}

/**
 * Asks the read models of each machine, one after the other: a fleet may have more of them than a process may open files.
 * A log that cannot be read is named in the fault of its machine.
 */
export const askEach = <T>(
  folder: string,
  machines: readonly OtherMachine[],
  projections: readonly Projection[],
  ask: (rows: Rows, machine: OtherMachine) => T,
): FoundElsewhere<T>[] => machines.map((machine) => askOne(folder, machine, projections, ask));

function askOne<T>(
  folder: string,
  machine: OtherMachine,
  projections: readonly Projection[],
  ask: (rows: Rows, machine: OtherMachine) => T,
): FoundElsewhere<T> {
  const file = replicaFile(folder, machine.machineId);
  if (!existsSync(file)) return { machine, lag: machine.position, value: null };
  const reader = openReader(file, projections);
  if (!reader) return unreadable(machine, `${file} is damaged, or of another version of AgentPool`);
  try {
    return reader.reading(() => ({
      machine,
      lag: Math.max(0, machine.position - lastPosition(reader)),
      value: ask(reader, machine),
    }));
  } catch (error) {
    return unreadable(machine, `${file}: ${errorMessage(error)}`);
  } finally {
    reader.close();
  }
}

const unreadable = (machine: OtherMachine, why: string) => ({
  machine: { ...machine, fault: `what is here of it cannot be read: ${why}` },
  lag: machine.position,
  value: null,
});
