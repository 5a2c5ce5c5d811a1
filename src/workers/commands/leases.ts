import Type, { type Static } from 'typebox';
import { type LeaseMode, leaseModes } from '../../events/catalogue/words.ts';
import { CommandRejected } from '../../events/decider.ts';
import { membershipIn } from '../../fleet/membership.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { type Acquire, heldLease, leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import { grantsByLease } from '../../projections/leases/fleet-leases.ts';
import {
  allLeases,
  type LeaseRow,
  ListedLease,
  leaseJson,
  openLeases,
} from '../../projections/leases/queries.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type LeasedPath, leasedPath } from '../../workspace/leased-path.ts';
import type { AppContext } from '../core/context.ts';
import { notStarted } from '../core/requests/queued-requests.ts';
import { sessionNamed } from '../core/sessions/named-session.ts';
import { ensureWatcher } from '../core/watcher/watcher-process.ts';
import type { FleetGrants, LeaseHere } from './fleet/leases.ts';

export const AcquiredLease = Type.Object({ ok: Type.Literal(true), lease: ListedLease });
export type AcquiredLease = Static<typeof AcquiredLease>;

export const LeaseElsewhere = Type.Object(
  {
    machine: noted(text, 'The name of the machine on which its worker runs.'),
    session_id: text,
    repository: noted(text, 'Where it is cloned from; its first commit if it has no remote.'),
    repo_path: noted(text, 'The folder on that machine.'),
    file_path: noted(text, 'Relative to the repository; `.` is the whole repository.'),
    mode: oneOf(leaseModes),
    fleet_fence: count,
  },
  { title: 'LeaseElsewhere', description: 'A lease of a worker on another machine of the fleet.' },
);
export type LeaseElsewhere = Static<typeof LeaseElsewhere>;

export const LeaseList = Type.Object({
  leases: list(ListedLease),
  elsewhere: noted(
    Type.Optional(nullable(list(LeaseElsewhere))),
    'In a fleet, unless a worker is named: what the other machines hold; null if the database could not be asked.',
  ),
});
export type LeaseList = Static<typeof LeaseList>;

export const Release = Type.Object({
  ok: Type.Literal(true),
  released: count,
  leases: list(ListedLease),
});
export type Release = Static<typeof Release>;

export const ReleasePlan = Type.Object({
  ok: Type.Literal(true),
  dry_run: Type.Literal(true),
  would_release: flag,
  lease_id: nullable(count),
  session_id: nullable(text),
  file_path: nullable(text),
  leases: list(ListedLease),
});
export type ReleasePlan = Static<typeof ReleasePlan>;

export interface LeaseRequest {
  /** A session id, a prefix of one, or `@last`. */
  session: string;
  file: string;
  mode: LeaseMode;
  ttlSeconds: number | null;
  /** The caller's working directory. */
  cwd: string;
}

/**
 * Leases a path of the session's repository to it; acquiring again renews, and upgrades a reader to the writer. A
 * relative path starts at the caller's directory or, if that is outside the repository, at the session's folder. In a
 * fleet, its database is asked first.
 * @throws LEASE_CONFLICT naming the holder; SESSION_ENDED; PATH_OUTSIDE_REPOSITORY; what `sessionNamed` throws; in a
 * fleet, what `takeInFleet` throws.
 */
export async function acquireLease(app: AppContext, request: LeaseRequest): Promise<AcquiredLease> {
  const member = membershipIn(app.ledger.store);
  if (member === null) return acquireHere(app, request, null);
  const { takeInFleet } = await import('./fleet/leases.ts');
  const grants = await takeInFleet(app, member, [foreseen(app, request)]);
  try {
    const acquired = acquireHere(app, request, grants);
    // It renews the lease.
    ensureWatcher(app);
    return acquired;
  } catch (error) {
    await grants.undo();
    throw error;
  }
}

function acquireHere(app: AppContext, request: LeaseRequest, grants: FleetGrants | null): AcquiredLease {
  const { ledger, actor } = app;
  // One transaction: a session that ends in between would leave a lease that is never released.
  return ledger.store.transaction(() => {
    const command = commandOf(app, request);
    const { sessionId, repoPath, path } = command;
    const given = app.given();
    const { state } = ledger.execute(leaseDecider, leaseStream(repoPath), command, given, {
      actor,
      correlationId: sessionId,
      ...(grants ? { metadata: grants.metadataOf({ folder: repoPath, path }) } : {}),
    });
    const [row] = openLeases(ledger, { id: heldLease(state, sessionId, path)?.id ?? 0 });
    if (!row) throw new Error(`the lease on ${path} was granted but is not in the table`);
    return { ok: true, lease: leaseJson(row, given.now, grantsByLease(ledger).get(row.id)) };
  });
}

function commandOf(app: AppContext, request: LeaseRequest): Acquire {
  const session = sessionNamed(app, request.session);
  if (session.state === 'QUEUED') throw notStarted(session.id);
  if (!session.alive) throw ended(session);
  const { repo, path } = pathOf(session, request.file, request.cwd);
  const { mode, ttlSeconds } = request;
  return { kind: 'acquire', sessionId: session.id, repoPath: repo, path, mode, ttlSeconds };
}

/** What this machine would grant now. The fleet is not asked for what it would refuse. */
function foreseen(app: AppContext, request: LeaseRequest): LeaseHere {
  const { ledger } = app;
  const command = commandOf(app, request);
  const { sessionId, repoPath, path, ttlSeconds } = command;
  const leases = ledger.fold(leaseDecider, leaseStream(repoPath));
  const decision = leaseDecider.decide(leases, command, app.given());
  if (!decision.accepted) throw new CommandRejected(decision.rejection);
  const own = heldLease(leases, sessionId, path);
  // A writer never becomes a reader.
  const mode = own?.mode === 'write' ? own.mode : command.mode;
  const isShared = own?.mode === mode && grantsByLease(ledger).has(own.id);
  return { folder: repoPath, session: sessionId, path, mode, ttlSeconds, isNew: !own, isShared };
}

export interface LeaseQuestion {
  session: string | undefined;
  /** Any folder of the repository. */
  repo: string | undefined;
  /** Include those that were released or have expired. */
  all: boolean;
}

/** The leases that are held now, oldest first; with `all`, every lease ever. In a fleet, also those of the others. */
export async function listLeases(app: AppContext, question: LeaseQuestion): Promise<LeaseList> {
  const member = membershipIn(app.ledger.store);
  const here = leasesHere(app, question);
  if (member === null || question.session !== undefined) return here;
  const { heldElsewhere } = await import('./fleet/leases.ts');
  const elsewhere = await heldElsewhere(app, member, question.repo);
  return {
    ...here,
    elsewhere:
      elsewhere === null
        ? null
        : elsewhere.map(({ machine, session, repository, folder, path, mode, fence }) => ({
            ...{ machine, session_id: session, repository, repo_path: folder },
            ...{ file_path: path || '.', mode, fleet_fence: fence },
          })),
  };
}

function leasesHere(app: AppContext, { session, repo, all }: LeaseQuestion): LeaseList {
  const { now } = app.given();
  const filter = {
    sessionId: session === undefined ? undefined : sessionNamed(app, session).id,
    repoPath: repo === undefined ? undefined : leasedPath(repo, repo, '.').repo,
  };
  const rows = all ? allLeases(app.ledger, filter) : openLeases(app.ledger, filter);
  const grants = grantsByLease(app.ledger);
  const leases = rows.map((row) => leaseJson(row, now, grants.get(row.id)));
  return { leases: all ? leases : leases.filter(({ state }) => state === 'held') };
}

export interface ReleaseRequest {
  leaseId: number | undefined;
  session: string | undefined;
  file: string | undefined;
  cwd: string;
}

/**
 * Releases every lease that matches all given options: one by its number, those on exactly this path, or all of a
 * session. A session that holds none is no error.
 * @throws LEASE_NOT_FOUND if a number or a path was given and nothing matches; INVALID_REQUEST if nothing was given.
 */
export async function releaseLeases(app: AppContext, request: ReleaseRequest): Promise<Release> {
  const member = membershipIn(app.ledger.store);
  const release = releaseHere(app, request);
  if (member === null) return release;
  const { releaseInFleet } = await import('./fleet/leases.ts');
  const shared = release.leases.flatMap(({ session_id, repo_path, file_path, fleet_fence: fence }) =>
    fence === null
      ? []
      : [{ session: session_id, folder: repo_path, path: file_path === '.' ? '' : file_path, fence }],
  );
  await releaseInFleet(app, member, shared);
  return release;
}

function releaseHere(app: AppContext, request: ReleaseRequest): Release {
  const { ledger, actor } = app;
  return ledger.store.transaction(() => {
    const rows = fitting(app, request);
    if (rows.length === 0 && (request.leaseId !== undefined || request.file !== undefined))
      throw notFound(request);
    const given = app.given();
    for (const { id, repo_path, session_id } of rows) {
      const command = { kind: 'release', leaseId: id, reason: 'released' } as const;
      ledger.execute(leaseDecider, leaseStream(repo_path), command, given, {
        actor,
        correlationId: session_id,
      });
    }
    const grants = grantsByLease(ledger);
    const leases = rows
      .flatMap(({ id }) => allLeases(ledger, { id }))
      .map((row) => leaseJson(row, given.now, grants.get(row.id)));
    return { ok: true, released: leases.length, leases };
  });
}

/** What a release would do. */
export function planRelease(app: AppContext, request: ReleaseRequest): ReleasePlan {
  const { now } = app.given();
  const grants = grantsByLease(app.ledger);
  const leases = fitting(app, request).map((row) => leaseJson(row, now, grants.get(row.id)));
  return {
    ok: true,
    dry_run: true,
    would_release: leases.length > 0,
    lease_id: request.leaseId ?? null,
    session_id: request.session === undefined ? null : sessionNamed(app, request.session).id,
    file_path: request.file ?? null,
    leases,
  };
}

function fitting(app: AppContext, { leaseId, session: named, file, cwd }: ReleaseRequest): LeaseRow[] {
  if (leaseId === undefined && named === undefined && file === undefined) {
    throw new AgentPoolError(
      'INVALID_REQUEST',
      'Which lease? Name it by --lease-id or --file, or name a worker to release all of its leases.',
      { example: 'agentpool leases release @last' },
    );
  }
  const session = named === undefined ? null : sessionNamed(app, named);
  const leased = file === undefined ? null : session ? pathOf(session, file, cwd) : leasedPath(cwd, file);
  return openLeases(app.ledger, {
    id: leaseId,
    sessionId: session?.id,
    repoPath: leased?.repo,
    filePath: leased?.path,
  });
}

function pathOf({ repo_path }: SessionRow, file: string, cwd: string): LeasedPath {
  return leasedPath(repo_path, file, lieIn(repo_path, cwd) ? cwd : repo_path);
}

function lieIn(repo: string, folder: string): boolean {
  try {
    leasedPath(repo, folder);
    return true;
  } catch (error) {
    if (error instanceof AgentPoolError && error.code === 'PATH_OUTSIDE_REPOSITORY') return false;
    throw error;
  }
}

const ended = ({ id, state }: SessionRow) =>
  new AgentPoolError('SESSION_ENDED', `${id} has ended (${state}); only a live worker can hold a lease.`, {
    session_id: id,
    state,
    example: 'agentpool sessions',
  });

function notFound({ leaseId, file, session }: ReleaseRequest): AgentPoolError {
  const what = [
    leaseId === undefined ? null : `number ${leaseId}`,
    file === undefined ? null : `on ${file}`,
    session === undefined ? null : `of ${session}`,
  ].filter((part) => part !== null);
  return new AgentPoolError('LEASE_NOT_FOUND', `There is no lease ${what.join(' ')}.`, {
    lease_id: leaseId ?? null,
    file_path: file ?? null,
    session_id: session ?? null,
    example: 'agentpool leases list',
  });
}
