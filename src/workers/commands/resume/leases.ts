import { membershipIn } from '../../../fleet/membership.ts';
import { type Acquire, leaseDecider, leaseStream } from '../../../machines/lease/decide.ts';
import { allLeases } from '../../../projections/leases/queries.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { SESSION_ENDED_REASON } from '../../core/record.ts';
import type { FleetGrants } from '../fleet/leases.ts';

/** The leases that the worker lost when its process ended, as long as they would still last. */
function lostWithIt({ ledger, given }: AppContext, session: SessionRow): Acquire[] {
  const { now } = given();
  const ended = allLeases(ledger, { sessionId: session.id }).filter(
    ({ release_reason, released_at }) => release_reason === SESSION_ENDED_REASON && released_at !== null,
  );
  const last = ended
    .map(({ released_at }) => released_at ?? '')
    .sort()
    .at(-1);
  return ended.flatMap(({ repo_path, file_path, mode, expires_at, released_at }) => {
    if (released_at !== last) return [];
    const left = expires_at === null ? null : Math.floor((Date.parse(expires_at) - now.getTime()) / 1000);
    if (left !== null && left <= 0) return [];
    return [
      {
        kind: 'acquire',
        sessionId: session.id,
        repoPath: repo_path,
        path: file_path,
        mode,
        ttlSeconds: left,
      } satisfies Acquire,
    ];
  });
}

/**
 * Asks the fleet for the leases that a resume takes back; null if this machine is in none, or there are none.
 * @throws what `takeInFleet` throws
 */
export async function askForLeases(app: AppContext, session: SessionRow): Promise<FleetGrants | null> {
  const member = membershipIn(app.ledger.store);
  const wanted = member === null ? [] : lostWithIt(app, session);
  if (member === null || wanted.length === 0) return null;
  const { takeInFleet } = await import('../fleet/leases.ts');
  return takeInFleet(
    app,
    member,
    wanted.map(({ repoPath: folder, sessionId, path, mode, ttlSeconds }) => ({
      ...{ folder, session: sessionId, path, mode, ttlSeconds },
      ...{ isNew: true, isShared: false },
    })),
  );
}

/**
 * Takes back the leases that the worker lost when its process ended. Runs in a transaction.
 * @throws LEASE_CONFLICT naming the holder where another worker has one of them now.
 */
export function takeBackLeases(app: AppContext, session: SessionRow, grants: FleetGrants | null): void {
  const { ledger, given, actor } = app;
  for (const command of lostWithIt(app, session)) {
    const { repoPath, path } = command;
    ledger.execute(leaseDecider, leaseStream(repoPath), command, given(), {
      actor,
      correlationId: session.id,
      ...(grants ? { metadata: grants.metadataOf({ folder: repoPath, path }) } : {}),
    });
  }
}
