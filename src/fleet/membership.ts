import type { EventStore } from '../events/store/store.ts';
import { FLEET_STREAM, type Membership, membershipDecider } from '../machines/membership/decide.ts';
import { known } from '../projections/projector/ledger.ts';

/** The fleet that this machine is part of; null if it is in none. */
export const membershipIn = (store: Pick<EventStore, 'readAll'>): Membership =>
  known(store.readAll({ stream: FLEET_STREAM })).reduce(membershipDecider.evolve, membershipDecider.initial);
