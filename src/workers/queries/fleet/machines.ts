import { notJoined } from '../../../fleet/membership.ts';
import {
  type FoundElsewhere,
  type OtherMachine,
  otherMachines,
  type ReplicaPlace,
} from '../../../fleet/replicas/others.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import { type FleetName, fleetNameIn } from '../../../projections/membership.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import type { AppContext } from '../../core/context.ts';

/** This machine's place in its fleet, and the other machines. */
export interface FleetView {
  self: FleetName;
  others: OtherMachine[];
  folder: string;
  now: Date;
}

type Place = Pick<AppContext, 'ledger' | 'paths' | 'given'>;

/** Null where this machine is not in a fleet: then no other file is opened. */
export function fleetViewIfAny({ ledger, paths, given }: Place): FleetView | null {
  const self = fleetNameIn(ledger);
  if (self === null) return null;
  const elsewhere: ReplicaPlace = { folder: paths.fleet, machineId: self.machine_id, now: given().now };
  return { self, others: otherMachines(elsewhere), folder: elsewhere.folder, now: elsewhere.now };
}

/** @throws FLEET_NOT_JOINED */
export function fleetView(place: Place): FleetView {
  const view = fleetViewIfAny(place);
  if (view) return view;
  throw notJoined();
}

/**
 * One of the other machines, by its name or its id.
 * @throws FLEET_MACHINE_UNKNOWN, which names them all
 */
export function machineNamed(others: readonly OtherMachine[], name: string): OtherMachine {
  const machine = others.find((each) => each.name === name || each.machineId === name);
  if (machine) return machine;
  const names = others.map((each) => each.name);
  throw new AgentPoolError(
    'FLEET_MACHINE_UNKNOWN',
    `The fleet has no machine ${JSON.stringify(name)}. The others are: ${names.join(', ') || 'none yet'}.${didYouMean(name, names)}`,
    { machine: name, example: 'agentpool fleet machines' },
  );
}

/** The machines of an answer: this one first, then those that were asked. */
export const seenMachines = (
  { self, now }: FleetView,
  found: readonly Omit<FoundElsewhere<unknown>, 'value'>[],
): SeenMachine[] => [
  {
    name: self.name,
    machine_id: self.machine_id,
    this_machine: true,
    last_seen: now.toISOString(),
    last_seen_ms_ago: 0,
    lag: 0,
    has_left: false,
    fault: null,
  },
  ...found.map((of) => seenOther(of, now)),
];

/** Another machine, and how much of its log is here. */
export const seenOther = (
  { machine, lag }: Omit<FoundElsewhere<unknown>, 'value'>,
  now: Date,
): SeenMachine => ({
  name: machine.name,
  machine_id: machine.machineId,
  this_machine: false,
  last_seen: machine.seenMsAgo === null ? null : new Date(now.getTime() - machine.seenMsAgo).toISOString(),
  last_seen_ms_ago: machine.seenMsAgo,
  lag,
  has_left: machine.hasLeft,
  fault: machine.fault,
});
