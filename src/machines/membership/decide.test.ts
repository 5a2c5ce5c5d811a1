import { describe, it } from 'node:test';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given } from '../testing/given-when-then.ts';
import { type Member, membershipDecider } from './decide.ts';

const membership = given(membershipDecider);
const laptop: Member = { fleetId: 'f', machineId: 'm', name: 'laptop', address: 'postgresql://db/pool' };
const joined = ({ fleetId, machineId, name, address }: Member): DomainEvent => ({
  type: 'fleet.joined',
  data: { fleet_id: fleetId, machine_id: machineId, name, address },
});
const left: DomainEvent = { type: 'fleet.left', data: { machine_id: 'm' } };
const join = (changes: Partial<Member> = {}) => ({
  kind: 'join' as const,
  member: { ...laptop, ...changes },
});

describe("a machine's membership in a fleet", () => {
  it('begins when it joins one', () => membership().when(join()).thenEvents(joined(laptop)));

  it('follows a new name and a new address of the database', () => {
    const renamed = { ...laptop, name: 'desk', address: 'postgresql://other/pool' };
    membership(joined(laptop)).when(join(renamed)).thenEvents(joined(renamed));
  });

  it('is not recorded again where nothing changes', () =>
    membership(joined(laptop)).when(join()).thenEvents());

  it('is in one fleet, as one machine', () => {
    membership(joined(laptop))
      .when(join({ fleetId: 'other' }))
      .thenRejected('FLEET_ALREADY_JOINED', { name: 'laptop' });
    membership(joined(laptop))
      .when(join({ machineId: 'other' }))
      .thenRejected('FLEET_ALREADY_JOINED');
  });

  it('ends, and may begin again in another fleet', () => {
    membership(joined(laptop)).when({ kind: 'leave' }).thenEvents(left);
    const elsewhere = { ...laptop, fleetId: 'other', machineId: 'new' };
    membership(joined(laptop), left).when(join(elsewhere)).thenEvents(joined(elsewhere));
    membership(joined(laptop), left).when({ kind: 'leave' }).thenRejected('FLEET_NOT_JOINED');
  });
});
