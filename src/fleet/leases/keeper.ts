import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { highestFence } from '../../projections/leases/fleet-leases.ts';
import type { Rows } from '../../projections/reader.ts';
import { type RepositoryId, repositoryFrom, repositoryText } from '../../workspace/git/identity.ts';
import type { Database } from '../server/connection.ts';
import { isOfDatabase } from '../server/errors.ts';
import {
  type Asker,
  type Holder,
  LEASE_SECONDS,
  leasesOf,
  releaseLeases,
  renewLeases,
  takeLease,
} from '../server/leases.ts';
import { hasEndedHere, openHere } from './local.ts';
import { type KnownLease, lastsUntil, type OpenLease, planLeases } from './plan.ts';

/** How often the leases are renewed, in milliseconds: a few attempts may fail before one expires. */
const RENEW_MS = (LEASE_SECONDS * 1000) / 10;
/** When to look again where a command is at work, or where the ledger has not recorded yet what was found. */
const SOON_MS = 2000;
/** How long the answer of git to what a folder is a clone of is used. */
const IDENTITY_MS = 300_000;

/** What has become of a lease, for the ledger. */
export type LeaseReport =
  | { kind: 'held'; lease: OpenLease; repository: string; fence: number }
  /** Without a holder: it was not renewed in time, and no other machine has it now. */
  | { kind: 'lost'; lease: OpenLease; holder: Holder | null };

export interface KeeperOptions {
  /** The ledger of this machine, to read. */
  rows: Rows;
  asker: Asker;
  now(): Date;
  monotonic(): number;
  repositoryOf(folder: string): Promise<RepositoryId | null>;
  report(reports: LeaseReport[]): void;
}

/**
 * Keeps the leases of this machine in the database as its ledger has them: renews what is open, releases what has ended,
 * takes what was granted while the database could not be asked, and reports what was lost. It compares both each time, so
 * whatever was interrupted is done by the next comparison.
 */
export class LeaseKeeper {
  readonly #options: KeeperOptions;
  readonly #remembered = new Map<number, KnownLease>();
  readonly #identities = new Map<string, { id: RepositoryId | null; until: number }>();
  /** The open leases at the last comparison. */
  #seen = '';
  #again = Number.NEGATIVE_INFINITY;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The database may be another one than before, or an older state of it. */
  reconnected(): void {
    this.#again = Number.NEGATIVE_INFINITY;
  }

  /**
   * Compares if a lease has changed here, or if it is time.
   * @throws LeasesNotKept, and what concerns the whole link
   */
  async step(database: Database): Promise<void> {
    const { rows, monotonic } = this.#options;
    const open = openHere(rows);
    const seen = JSON.stringify(open);
    if (seen === this.#seen && monotonic() < this.#again) return;
    try {
      const isSettled = await this.#compare(database, open);
      this.#again = monotonic() + (isSettled ? RENEW_MS : SOON_MS);
      this.#seen = seen;
    } catch (error) {
      if (isOfDatabase(error) || !(error instanceof AgentPoolError)) throw error;
      // What concerns the leases alone must not keep the logs from being shared.
      this.#again = monotonic() + RENEW_MS;
      this.#seen = seen;
      throw new LeasesNotKept(errorMessage(error), { cause: error });
    }
  }

  async #compare(database: Database, open: readonly OpenLease[]): Promise<boolean> {
    const { rows, asker, now, monotonic } = this.#options;
    const held = await leasesOf(database, asker);
    const plan = planLeases(open, held, {
      now: now(),
      monotonic: monotonic(),
      remembered: this.#remembered,
      hasEnded: (lease) => hasEndedHere(rows, lease, now()),
    });
    // Before releases: what passes to another worker of this machine is never free in between.
    const reports: LeaseReport[] = plan.lost.map((lease) => ({ kind: 'lost', lease, holder: null }));
    for (const lease of plan.take) reports.push(...(await this.#take(database, lease)));
    const asked = { monotonic: monotonic(), now: now() };
    for (const { fence, seconds, ...lease } of await renewLeases(database, asker, plan.renew)) {
      this.#remembered.set(lease.id, { fence, until: lastsUntil(seconds, asked) });
      if (lease.grant?.fence !== fence) reports.push(...(await this.#held(lease, fence)));
    }
    await releaseLeases(database, asker, plan.release);
    const isOpen = new Set(open.map(({ id }) => id));
    for (const id of this.#remembered.keys()) if (!isOpen.has(id)) this.#remembered.delete(id);
    if (reports.length > 0) this.#options.report(reports);
    return reports.length === 0 && !plan.isUnsettled;
  }

  async #take(database: Database, wanted: OpenLease & { seconds: number }): Promise<LeaseReport[]> {
    const { rows, asker, now, monotonic } = this.#options;
    const { seconds, ...lease } = wanted;
    const repository = await this.#repositoryOf(lease);
    if (repository === null) return [];
    const above = highestFence(rows, repositoryText(repository));
    const asked = { monotonic: monotonic(), now: now() };
    const taken = await takeLease(database, asker, { ...wanted, repository, above });
    if ('holder' in taken) {
      this.#remembered.delete(lease.id);
      return [{ kind: 'lost', lease, holder: taken.holder }];
    }
    this.#remembered.set(lease.id, { fence: taken.fence, until: lastsUntil(seconds, asked) });
    return [{ kind: 'held', lease, repository: repositoryText(repository), fence: taken.fence }];
  }

  /** One that the database has under another fence than the ledger. */
  async #held(lease: OpenLease, fence: number): Promise<LeaseReport[]> {
    const repository = await this.#repositoryOf(lease);
    return repository ? [{ kind: 'held', lease, repository: repositoryText(repository), fence }] : [];
  }

  async #repositoryOf({ folder, grant }: OpenLease): Promise<RepositoryId | null> {
    if (grant) return repositoryFrom(grant.repository);
    const { monotonic, repositoryOf } = this.#options;
    const known = this.#identities.get(folder);
    if (known && known.until > monotonic()) return known.id;
    // A folder that was removed is of no repository.
    const id = await repositoryOf(folder).catch(() => null);
    this.#identities.set(folder, { id, until: monotonic() + IDENTITY_MS });
    return id;
  }
}

/** The leases could not be compared; the link goes on. */
export class LeasesNotKept extends Error {}
