import type { FoldedEvent } from '../../events/catalogue/index.ts';
import { accepted, type Decider, type Decision, rejected } from '../../events/decider.ts';

/** The stream of events about the fleet that this machine is part of. */
export const FLEET_STREAM = 'fleet';

/** A machine's place in a fleet. */
export interface Member {
  /** The fleet, as its database names itself. */
  fleetId: string;
  /** The log of this AGENTPOOL_HOME among those of the fleet. */
  machineId: string;
  name: string;
  /** The URL of the database, without a password. */
  address: string;
}

/** Null while this machine is not in a fleet. */
export type Membership = Member | null;

export type MembershipCommand = { kind: 'join'; member: Member } | { kind: 'leave' };

/** One fleet at a time. Joining it again changes the name or the address, never the log's identity. */
export const membershipDecider: Decider<Membership, MembershipCommand> = {
  initial: null,
  evolve: evolveMembership,
  decide: decideMembership,
};

function evolveMembership(membership: Membership, event: FoldedEvent): Membership {
  if (event.type === 'fleet.left') return null;
  if (event.type !== 'fleet.joined') return membership;
  const { fleet_id, machine_id, name, address } = event.data;
  return { fleetId: fleet_id, machineId: machine_id, name, address };
}

function decideMembership(membership: Membership, command: MembershipCommand): Decision {
  if (command.kind === 'leave') {
    return membership
      ? accepted({ type: 'fleet.left', data: { machine_id: membership.machineId } })
      : rejected('FLEET_NOT_JOINED', 'This machine is not in a fleet.', {
          example: 'agentpool fleet join postgresql://host/database',
        });
  }
  const { fleetId, machineId, name, address } = command.member;
  if (membership && (membership.fleetId !== fleetId || membership.machineId !== machineId)) {
    return rejected(
      'FLEET_ALREADY_JOINED',
      `This machine is part of another fleet already, as ${membership.name} at ${membership.address}.`,
      { name: membership.name, address: membership.address, example: 'agentpool fleet leave' },
    );
  }
  return membership?.name === name && membership.address === address
    ? accepted()
    : accepted({
        type: 'fleet.joined',
        data: { fleet_id: fleetId, machine_id: machineId, name, address },
      });
}
