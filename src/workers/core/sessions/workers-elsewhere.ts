import { askEach, otherMachines } from '../../../fleet/replicas/others.ts';
import { sessionsNamed } from '../../../projections/sessions/queries.ts';
import { sessions } from '../../../projections/sessions/sessions.ts';

/** A worker of another machine. */
export interface WorkerElsewhere {
  id: string;
  machineId: string;
  machine: string;
}

/**
 * The workers of other machines that these words may name: the one with this id, else those whose id begins with them.
 * The build makes a bundle of it, which is loaded where a worker is not on this machine.
 */
export function workersElsewhere(
  folder: string,
  machineId: string,
  now: Date,
  words: string,
): WorkerElsewhere[] {
  const machines = otherMachines({ folder, machineId, now });
  const found = askEach(folder, machines, [sessions], (rows, machine) =>
    sessionsNamed(rows, words).map(({ id }) => ({ id, machineId: machine.machineId, machine: machine.name })),
  ).flatMap(({ value }) => value ?? []);
  const exact = found.filter(({ id }) => id === words);
  return exact.length > 0 ? exact : found;
}
