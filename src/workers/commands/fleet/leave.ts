import { rmSync } from 'node:fs';
import { openHere } from '../../../fleet/leases/local.ts';
import { memberIn } from '../../../fleet/membership.ts';
import { leave } from '../../../fleet/server/machines.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { leaseDecider, leaseStream } from '../../../machines/lease/decide.ts';
import { FLEET_STREAM, membershipDecider } from '../../../machines/membership/decide.ts';
import { sharedBy } from '../../../projections/leases/fleet-leases.ts';
import type { AppContext } from '../../core/context.ts';
import { withDatabase } from './database.ts';
import type { FleetLeave } from './schema.ts';

/**
 * Ends the membership of this machine, also where the database does not answer, and removes what was fetched of the
 * other machines. What it has shared stays in the database.
 * @throws FLEET_NOT_JOINED
 */
export async function leaveFleet(app: AppContext): Promise<FleetLeave> {
  app.ledger.store.assertWritable();
  const { name, machineId, address } = memberIn(app.ledger.store);
  const recordedThere = await withDatabase(address, app, async ({ database }) => {
    await leave(database, machineId);
    return true;
  }).catch((error) => {
    if (error instanceof AgentPoolError) return false;
    throw error;
  });
  app.ledger.store.transaction(() => {
    app.ledger.execute(membershipDecider, FLEET_STREAM, { kind: 'leave' }, app.given(), app);
    unshareLeases(app);
  });
  // The watcher may write there until it has seen that.
  rmSync(app.paths.fleet, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  return { name, machine_id: machineId, address, recorded_there: recordedThere };
}

/** The leases of its workers go on, and only this machine knows them. Runs in a transaction. */
function unshareLeases({ ledger, given, actor }: AppContext): void {
  for (const { id, folder, session, grant } of openHere(ledger)) {
    if (grant === null) continue;
    ledger.execute(leaseDecider, leaseStream(folder), { kind: 'share', leaseId: id }, given(), {
      actor,
      correlationId: session,
      metadata: sharedBy(null),
    });
  }
}
