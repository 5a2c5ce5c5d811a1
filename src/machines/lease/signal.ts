import type { DomainEvent } from '../../events/catalogue/index.ts';
import type { Leases } from './decide.ts';
import { type LeaseSignal, nextLease } from './machine.ts';

const SIGNALS: { [T in DomainEvent['type']]?: LeaseSignal['type'] } = {
  'lease.upgraded': 'upgraded',
  'lease.renewed': 'renewed',
  'lease.released': 'released',
  'lease.expired': 'expired',
};

/** Why an event cannot have happened to these leases; null when it can. Pure. */
export function checkLease(leases: Leases, event: DomainEvent): string | null {
  const { data } = event;
  if ('fence' in data && data.fence <= leases.lastFence) {
    return `fence ${data.fence} is not higher than ${leases.lastFence}`;
  }
  const signal = SIGNALS[event.type];
  if (!signal || !('lease_id' in data)) return null;
  const lease = leases.open.find(({ id }) => id === data.lease_id);
  if (!lease) return `there is no open lease ${data.lease_id}`;
  return nextLease(lease.mode, { type: signal }) ? null : `a ${lease.mode} lease cannot be ${signal}`;
}
