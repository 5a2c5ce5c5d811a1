import type { LeaseMode } from '../../events/catalogue/words.ts';
import type { FleetGrant } from '../../projections/leases/fleet-leases.ts';
import { type HeldLease, LEASE_SECONDS, type LeaseKey } from '../server/leases.ts';

/** A lease that the ledger of this machine has open. */
export interface OpenLease extends LeaseKey {
  /** Its number in the ledger. */
  id: number;
  mode: LeaseMode;
  /** ISO 8601, by the clock of this machine; null: until it is released. */
  expiresAt: string | null;
  /** What the ledger knows of it in the fleet. */
  grant: FleetGrant | null;
}

/** What this process knows of a lease in the database. */
export interface KnownLease {
  fence: number;
  /**
   * Until when it lasts there, by both clocks of this machine: the monotonic one does not go on while the machine is
   * suspended, and the other one may be set back.
   */
  until: { monotonic: number; now: Date };
}

export const lastsUntil = (
  seconds: number,
  { monotonic, now }: KnownLease['until'],
): KnownLease['until'] => ({
  monotonic: monotonic + seconds * 1000,
  now: new Date(now.getTime() + seconds * 1000),
});

interface Known {
  now: Date;
  monotonic: number;
  /** By the number of the lease. */
  remembered: ReadonlyMap<number, KnownLease>;
  /** Whether the ledger has recorded the end of the lease with this fence. */
  hasEnded(lease: HeldLease): boolean;
}

export interface LeasePlan {
  renew: (OpenLease & { fence: number; seconds: number })[];
  take: (OpenLease & { seconds: number })[];
  release: HeldLease[];
  /** The database gave them up, and may have given them to another machine. */
  lost: OpenLease[];
  /** Whether a command seems to be taking one at this moment: look again soon. */
  isUnsettled: boolean;
}

/**
 * How long a command may take from the grant of the database to its event, in milliseconds. A lease of the database
 * that no ledger knows after that was left by a command that was killed.
 */
export const SETTLED_MS = 60_000;

const keyOf = ({ folder, session, path }: LeaseKey): string => JSON.stringify([folder, session, path]);

/** What makes the database hold the leases of this machine that its ledger has open, and no others. Pure. */
export function planLeases(open: readonly OpenLease[], held: readonly HeldLease[], known: Known): LeasePlan {
  const plan: LeasePlan = { renew: [], take: [], release: [], lost: [], isUnsettled: false };
  const there = new Map(held.map((lease) => [keyOf(lease), lease]));
  for (const lease of open) {
    const seconds = secondsLeft(lease, known.now);
    // The ledger records its end with the next command about the path.
    if (seconds <= 0) continue;
    const row = there.get(keyOf(lease));
    there.delete(keyOf(lease));
    const before = known.remembered.get(lease.id);
    const isNew = lease.grant === null && before === undefined;
    if (!row) {
      // Within its time no other machine can have had it, unless the database was set back: it is asked for again.
      if (isNew || (before && lasts(before, known))) plan.take.push({ ...lease, seconds });
      else plan.lost.push(lease);
      continue;
    }
    const isOurs = row.fence === lease.grant?.fence || row.fence === before?.fence;
    if (row.mode === lease.mode && (isOurs || row.ageMs >= SETTLED_MS))
      plan.renew.push({ ...lease, fence: row.fence, seconds });
    else if (row.ageMs >= SETTLED_MS) plan.take.push({ ...lease, seconds });
    else plan.isUnsettled = true;
  }
  const fences = new Set([...known.remembered.values()].map(({ fence }) => fence));
  for (const lease of there.values()) {
    if (lease.ageMs >= SETTLED_MS || fences.has(lease.fence) || known.hasEnded(lease))
      plan.release.push(lease);
    else plan.isUnsettled = true;
  }
  return plan;
}

const lasts = ({ until }: KnownLease, { monotonic, now }: Known): boolean =>
  until.monotonic > monotonic && until.now > now;

const secondsLeft = ({ expiresAt }: OpenLease, now: Date): number =>
  expiresAt === null
    ? LEASE_SECONDS
    : Math.min(LEASE_SECONDS, (Date.parse(expiresAt) - now.getTime()) / 1000);
