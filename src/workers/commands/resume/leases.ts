import { leaseDecider, leaseStream } from '../../../machines/lease/decide.ts';
import { allLeases } from '../../../projections/leases/queries.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { SESSION_ENDED_REASON } from '../../core/record.ts';

/**
 * Takes back the leases that the worker lost when its process ended, as long as they would still last.
 * @throws LEASE_CONFLICT naming the holder where another worker has one of them now.
 */
export function takeBackLeases({ ledger, given, actor }: AppContext, session: SessionRow): void {
  const { now } = given();
  const ended = allLeases(ledger, { sessionId: session.id }).filter(
    ({ release_reason, released_at }) => release_reason === SESSION_ENDED_REASON && released_at !== null,
  );
  const last = ended
    .map(({ released_at }) => released_at ?? '')
    .sort()
    .at(-1);
  for (const { repo_path, file_path, mode, expires_at, released_at } of ended) {
    if (released_at !== last) continue;
    const left = expires_at === null ? null : Math.floor((Date.parse(expires_at) - now.getTime()) / 1000);
    if (left !== null && left <= 0) continue;
    const command = {
      kind: 'acquire',
      sessionId: session.id,
      repoPath: repo_path,
      path: file_path,
      mode,
      ttlSeconds: left,
    } as const;
    ledger.execute(leaseDecider, leaseStream(repo_path), command, given(), {
      actor,
      correlationId: session.id,
    });
  }
}
