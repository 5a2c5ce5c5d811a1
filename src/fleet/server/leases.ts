import type { LeaseMode } from '../../events/catalogue/words.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import type { RepositoryId } from '../../workspace/git/identity.ts';
import type { Database } from './connection.ts';

/** How long a lease lasts in the database without being renewed, in seconds. */
export const LEASE_SECONDS = 600;

/** The machine that asks, and from where: a copy of its files elsewhere is refused. */
export interface Asker {
  machineId: string;
  place: string;
}

/** Which lease of a machine is meant: a session has one on each path of a folder. */
export interface LeaseKey {
  /** The main work tree of the repository on this machine. */
  folder: string;
  session: string;
  /** Relative to the repository; '' is the whole repository. */
  path: string;
}

export interface WantedLease extends LeaseKey {
  repository: RepositoryId;
  mode: LeaseMode;
  seconds: number;
  /** The highest fence of this repository that this machine has seen. */
  above: number;
}

/** The lease of another machine, or of another clone on this one, that is in the way. */
export interface Holder {
  machine: string;
  session: string;
  path: string;
  mode: LeaseMode;
  /** When it ends unless its machine renews it, in milliseconds. */
  expiresInMs: number;
}

export type TakeOutcome = { fence: number } | { holder: Holder };

export interface HeldLease extends LeaseKey {
  mode: LeaseMode;
  fence: number;
  /** Since it was taken, by the clock of the database, in milliseconds. */
  ageMs: number;
}

interface TakenRow {
  taken: number | null;
  holder_machine: string;
  holder_session: string;
  holder_path: string;
  holder_mode: LeaseMode;
  expires_in_ms: number;
}

/**
 * Takes a lease for a session of this machine, in place of the one that it has on the path. The machine counts its time
 * from before it has asked.
 * @throws FLEET_FENCE_OLD, FLEET_MACHINE_REFUSED, FLEET_WRITER_OTHER
 */
export async function takeLease(
  database: Database,
  { machineId, place }: Asker,
  wanted: WantedLease,
): Promise<TakeOutcome> {
  const { repository, folder, session, path, mode, seconds, above } = wanted;
  const row = await database.row<TakenRow>(
    `SELECT taken::float8 AS taken, holder_machine, holder_session, holder_path, holder_mode, expires_in_ms
     FROM agentpool.take_lease($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [machineId, place, repository.url, repository.root, folder, session, path, mode, seconds, above],
  );
  if (!row) throw new Error('take_lease has returned no row');
  if (row.taken === null)
    return {
      holder: {
        machine: row.holder_machine,
        session: row.holder_session,
        path: row.holder_path,
        mode: row.holder_mode,
        expiresInMs: row.expires_in_ms,
      },
    };
  if (row.taken > above) return { fence: row.taken };
  await releaseLeases(database, { machineId, place }, [{ folder, session, path, fence: row.taken }]);
  throw new AgentPoolError(
    'FLEET_FENCE_OLD',
    `The database at ${database.address.url} granted fence ${row.taken}; this machine has seen ${above}.`,
    { address: database.address.url, fence: row.taken, seen: above },
  );
}

type Fenced = LeaseKey & { fence: number };

/** Renews leases; returns those that this machine still has. One that has expired stays so. */
export async function renewLeases<L extends Fenced & { seconds: number }>(
  database: Database,
  { machineId, place }: Asker,
  leases: readonly L[],
): Promise<L[]> {
  if (leases.length === 0) return [];
  const rows = await database.rows<{ place: number }>(
    'SELECT place FROM agentpool.renew_leases($1, $2, $3, $4, $5, $6, $7) AS place',
    [machineId, place, ...columns(leases), leases.map(({ seconds }) => seconds)],
  );
  const renewed = new Set(rows.map((row) => row.place));
  return leases.filter((_, index) => renewed.has(index + 1));
}

/** Releases leases; does nothing for one that this machine does not have under this fence. */
export async function releaseLeases(
  database: Database,
  { machineId, place }: Asker,
  leases: readonly Fenced[],
): Promise<void> {
  if (leases.length === 0) return;
  await database.rows('SELECT agentpool.release_leases($1, $2, $3, $4, $5, $6)', [
    machineId,
    place,
    ...columns(leases),
  ]);
}

const columns = (leases: readonly Fenced[]): unknown[][] =>
  (['folder', 'session', 'path', 'fence'] as const).map((name) => leases.map((lease) => lease[name]));

/** What the database has of this machine and has not expired. */
export async function leasesOf(database: Database, { machineId }: Asker): Promise<HeldLease[]> {
  return database.rows<{
    folder: string;
    session: string;
    path: string;
    mode: LeaseMode;
    fence: number;
    ageMs: number;
  }>(
    `SELECT folder, session, path, mode, fence::float8 AS fence,
       extract(epoch FROM clock_timestamp() - taken_at)::float8 * 1000 AS "ageMs"
     FROM agentpool.leases JOIN agentpool.machines USING (machine)
     WHERE machine_id = $1 AND expires_at > clock_timestamp()`,
    [machineId],
  );
}

/** A lease of another machine. */
export interface OtherLease extends Omit<HeldLease, 'ageMs'> {
  machine: string;
  /** The URL of the repository; its first commit where it has no remote. */
  repository: string;
}

/** What the other machines have, the oldest first; of one repository, if one is named. */
export async function leasesElsewhere(
  database: Database,
  { machineId }: Pick<Asker, 'machineId'>,
  { url, root }: RepositoryId = { url: '', root: '' },
): Promise<OtherLease[]> {
  return database.rows<OtherLease>(
    `SELECT m.name AS machine, folder, session, path, mode, l.fence::float8 AS fence,
       CASE WHEN url = '' THEN root ELSE url END AS repository
     FROM agentpool.leases l JOIN agentpool.machines m USING (machine) JOIN agentpool.repositories USING (repository)
     WHERE m.machine_id <> $1 AND expires_at > clock_timestamp() AND (($2 = '' AND $3 = '')
       OR (url = $2 AND (root = $3 OR ($2 <> '' AND (root = '' OR $3 = '')))))
     ORDER BY taken_at, l.fence`,
    [machineId, url, root],
  );
}
