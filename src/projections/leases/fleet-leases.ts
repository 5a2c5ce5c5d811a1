import type { Projection, Tables } from '../projection.ts';
import type { Rows } from '../reader.ts';

/** What the metadata of an event says of a lease that the whole fleet knows; null once only this machine knows it. */
export interface FleetGrant {
  /** As `repositoryText` writes it. */
  repository: string;
  fence: number;
}

/** The part of an event's metadata that says what the fleet knows of a lease. */
export const sharedBy = (grant: FleetGrant | null): { fleet: FleetGrant | null } => ({ fleet: grant });

/** Who has a lease now that this machine has lost. */
export interface LostTo {
  machine: string;
  session_id: string;
  path: string;
}

/** The metadata of the event with which a lease ends that the database has given up; null: it was not renewed in time. */
export const lostTo = (holder: LostTo | null): { lost_to: LostTo | null } => ({ lost_to: holder });

/** What that metadata says; undefined for a lease that was not lost. */
export const lossIn = ({ lost_to }: Record<string, unknown>): LostTo | null | undefined =>
  lost_to === undefined ? undefined : (lost_to as LostTo | null);

/** Undefined where an event does not say anything of it. */
function grantIn({ fleet }: Record<string, unknown>): FleetGrant | null | undefined {
  if (fleet === null) return null;
  if (typeof fleet !== 'object' || fleet === undefined) return undefined;
  const { repository, fence } = fleet as Record<string, unknown>;
  return typeof repository === 'string' && typeof fence === 'number' ? { repository, fence } : undefined;
}

/**
 * The leases that the database of the fleet has granted, and the highest fence that was seen of each repository: one
 * that is not higher comes from a database that was set back.
 */
export const fleetLeases: Projection = {
  name: 'fleet_leases',
  version: 1,
  tables: ['fleet_leases', 'fleet_fences'],
  schema: `
    CREATE TABLE {fleet_leases} (
      id INTEGER PRIMARY KEY,
      repository TEXT NOT NULL,
      fence INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE {fleet_fences} (
      repository TEXT PRIMARY KEY,
      fence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'lease.acquired': (tables, { position, metadata }) => share(tables, position, metadata),
    'lease.upgraded': (tables, { data, metadata }) => share(tables, data.lease_id, metadata),
    'lease.renewed': (tables, { data, metadata }) => share(tables, data.lease_id, metadata),
  },
};

function share(tables: Tables, id: number, metadata: Record<string, unknown>): void {
  const grant = grantIn(metadata);
  if (grant === undefined) return;
  tables.remove('fleet_leases', id, 'id');
  if (grant === null) return;
  const { repository, fence } = grant;
  tables.insert('fleet_leases', { id, repository, fence });
  tables.run(
    `INSERT INTO {fleet_fences} (repository, fence) VALUES (?, ?)
     ON CONFLICT (repository) DO UPDATE SET fence = max(fence, excluded.fence)`,
    repository,
    fence,
  );
}

interface SharedRow extends FleetGrant {
  id: number;
}

/** The grants of the fleet by the number of the lease here. */
export const grantsByLease = (rows: Rows): Map<number, FleetGrant> =>
  new Map(
    rows
      .all<SharedRow>('SELECT id, repository, fence FROM fleet_leases')
      .map(({ id, ...grant }) => [id, grant]),
  );

/** The highest fence of a repository that this machine has seen; 0 for one that it has not. */
export const highestFence = (rows: Rows, repository: string): number =>
  rows.get<{ fence: number }>('SELECT fence FROM fleet_fences WHERE repository = ?', repository)?.fence ?? 0;
