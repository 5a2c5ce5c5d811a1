import type { EventStore } from '../events/store/store.ts';
import { AgentPoolError } from '../lib/errors.ts';
import {
  FLEET_STREAM,
  type Member,
  type Membership,
  membershipDecider,
} from '../machines/membership/decide.ts';
import { known } from '../projections/projector/ledger.ts';

type Log = Pick<EventStore, 'readAll'>;

/** The fleet that this machine is part of; null if it is in none. */
export const membershipIn = (store: Log): Membership =>
  known(store.readAll({ stream: FLEET_STREAM })).reduce(membershipDecider.evolve, membershipDecider.initial);

/** The same for what needs one. @throws FLEET_NOT_JOINED */
export function memberIn(store: Log): Member {
  const member = membershipIn(store);
  if (member) return member;
  throw notJoined();
}

export const notJoined = (): AgentPoolError =>
  new AgentPoolError('FLEET_NOT_JOINED', 'This machine is not in a fleet.', {
    example: 'agentpool fleet join "postgresql://user@host/database?sslmode=verify-full"',
  });
