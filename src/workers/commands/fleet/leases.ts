import type { LeaseMode } from '../../../events/catalogue/words.ts';
import { placeOfHome } from '../../../fleet/place.ts';
import type { Database } from '../../../fleet/server/connection.ts';
import {
  type Asker,
  type Holder,
  LEASE_SECONDS,
  type LeaseKey,
  leasesElsewhere,
  type OtherLease,
  releaseLeases,
  takeLease,
} from '../../../fleet/server/leases.ts';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Member } from '../../../machines/membership/decide.ts';
import { type FleetGrant, highestFence, sharedBy } from '../../../projections/leases/fleet-leases.ts';
import { type RepositoryId, repositoryId, repositoryText } from '../../../workspace/git/identity.ts';
import type { AppContext } from '../../core/context.ts';
import { withDatabase } from './database.ts';

/** A lease that the ledger of this machine would grant. */
export interface LeaseHere extends LeaseKey {
  mode: LeaseMode;
  ttlSeconds: number | null;
  /** Whether the session has none on the path yet. */
  isNew: boolean;
  /** Whether the fleet knows that the session has it, in this mode. */
  isShared: boolean;
}

/**
 * How long a grant of the database may wait for its event, in milliseconds: the watcher releases one that no ledger
 * knows after twice that.
 */
const FRESH_MS = 30_000;

/** What the fleet has granted, for the events that record it. */
export class FleetGrants {
  readonly #app: AppContext;
  readonly #member: Member;
  readonly #granted: ReadonlyMap<LeaseHere, FleetGrant>;
  readonly #askedAt: number;

  constructor(
    app: AppContext,
    {
      member,
      granted,
      askedAt,
    }: { member: Member; granted: ReadonlyMap<LeaseHere, FleetGrant>; askedAt: number },
  ) {
    this.#app = app;
    this.#member = member;
    this.#granted = granted;
    this.#askedAt = askedAt;
  }

  /** The metadata of the event; nothing for a lease that only this machine knows. @throws FLEET_UNREACHABLE */
  metadataOf({ folder, path }: Pick<LeaseHere, 'folder' | 'path'>): Record<string, unknown> {
    const [, grant] =
      [...this.#granted].find(([lease]) => lease.folder === folder && lease.path === path) ?? [];
    if (!grant) return {};
    if (monotonic() - this.#askedAt <= FRESH_MS) return sharedBy(grant);
    throw new AgentPoolError(
      'FLEET_UNREACHABLE',
      `The fleet granted the lease on ${path || '.'} too long ago: this process was stopped meanwhile. Try again.`,
      { path },
    );
  }

  /** Gives back what the ledger has not taken. Whatever fails here, the watcher does. */
  async undo(): Promise<void> {
    const taken = [...this.#granted].filter(([{ isNew }]) => isNew);
    await releaseInFleet(
      this.#app,
      this.#member,
      taken.map(([lease, { fence }]) => ({ ...lease, fence })),
    );
  }
}

const askerOf = ({ home }: AppContext, { machineId }: Member): Asker => ({
  machineId,
  place: placeOfHome(home),
});

/**
 * Takes leases in the database of the fleet, all or none, before the ledger grants them. Where the database cannot be
 * asked, a lease stays one that only this machine knows: a read lease, and a write lease if
 * `fleet.leases_offline` says so.
 * @throws LEASE_CONFLICT naming the machine of the holder; FLEET_LEASE_REFUSED
 */
export async function takeInFleet(
  app: AppContext,
  member: Member,
  leases: readonly LeaseHere[],
): Promise<FleetGrants> {
  const known = await identified(leases);
  const granted = new Map<LeaseHere, FleetGrant>();
  const askedAt = monotonic();
  const grants = new FleetGrants(app, { member, granted, askedAt });
  if (known.length === 0) return grants;
  try {
    await withDatabase(member.address, app, async ({ database }) => {
      for (const [lease, repository] of known) {
        const fence = await taken(app, { database, member }, lease, repository);
        granted.set(lease, { repository: repositoryText(repository), fence });
      }
    });
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    await grants.undo();
    if (error.code === 'LEASE_CONFLICT') throw error;
    const [refused] = known.find(([{ mode, isShared }]) => mode === 'write' && !isShared) ?? [];
    if (refused && app.config.fleet.leases_offline === 'refuse') throw notAsked(refused, error);
    granted.clear();
  }
  return grants;
}

/** Those in repositories that other machines can know, with these. */
async function identified(leases: readonly LeaseHere[]): Promise<[LeaseHere, RepositoryId][]> {
  const folders = [...new Set(leases.map(({ folder }) => folder))];
  const ids = new Map(
    await Promise.all(folders.map(async (folder) => [folder, await repositoryId(folder)] as const)),
  );
  return leases.flatMap((lease) => {
    const id = ids.get(lease.folder);
    return id ? [[lease, id] satisfies [LeaseHere, RepositoryId]] : [];
  });
}

async function taken(
  app: AppContext,
  { database, member }: { database: Database; member: Member },
  { ttlSeconds, ...lease }: LeaseHere,
  repository: RepositoryId,
): Promise<number> {
  const answer = await takeLease(database, askerOf(app, member), {
    ...lease,
    repository,
    seconds: Math.min(LEASE_SECONDS, ttlSeconds ?? LEASE_SECONDS),
    above: highestFence(app.ledger, repositoryText(repository)),
  });
  if ('holder' in answer) throw conflict(lease.path, answer.holder);
  return answer.fence;
}

/**
 * Releases leases that have ended here. Whatever fails here, the watcher does.
 */
export async function releaseInFleet(
  app: AppContext,
  member: Member,
  leases: readonly (LeaseKey & { fence: number })[],
): Promise<void> {
  if (leases.length === 0) return;
  try {
    await withDatabase(member.address, app, ({ database }) =>
      releaseLeases(database, askerOf(app, member), leases),
    );
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
  }
}

/** What the workers of the other machines have; of the repository of a folder, if one is named. Null: not known now. */
export async function heldElsewhere(
  app: AppContext,
  member: Member,
  folder: string | undefined,
): Promise<OtherLease[] | null> {
  const repository = folder === undefined ? undefined : await repositoryId(folder);
  // No other machine can have a lease in it.
  if (repository === null) return [];
  try {
    return await withDatabase(member.address, app, ({ database }) =>
      leasesElsewhere(database, member, repository),
    );
  } catch (error) {
    if (error instanceof AgentPoolError) return null;
    throw error;
  }
}

function conflict(path: string, holder: Holder): AgentPoolError {
  const { machine, session, mode, expiresInMs } = holder;
  const through = holder.path === path ? '' : ` through ${holder.path || 'the repository'}`;
  return new AgentPoolError(
    'LEASE_CONFLICT',
    `${path || 'the repository'} is leased by ${session} on the machine ${machine}${through} (${mode}). Wait for it, or release it there.`,
    {
      path,
      holder: session,
      machine,
      mode,
      until: null,
      lease_id: null,
      held_path: holder.path,
      renewed_within_ms: Math.round(expiresInMs),
      example: 'agentpool fleet status',
    },
  );
}

const notAsked = ({ path }: LeaseHere, error: AgentPoolError): AgentPoolError =>
  new AgentPoolError(
    'FLEET_LEASE_REFUSED',
    `${path || 'The repository'} was not leased, because the fleet could not be asked: ${errorMessage(error)} fleet.leases_offline in config.yaml is refuse.`,
    { path, because: error.code, example: 'agentpool fleet status' },
    { cause: error },
  );
