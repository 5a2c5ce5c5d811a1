import type { LeaseReport } from '../../../fleet/leases/keeper.ts';
import { leaseDecider, leaseStream } from '../../../machines/lease/decide.ts';
import { lostTo, sharedBy } from '../../../projections/leases/fleet-leases.ts';
import type { AppContext } from '../../core/context.ts';
import { unlessRejected } from '../../core/record.ts';

/**
 * Records what has become of a lease in the database of the fleet. A lease that has ended meanwhile is left as it is. If
 * the ledger does not take it, the link reports it again.
 */
export function recordLease(app: AppContext, report: LeaseReport): void {
  const { lease } = report;
  const leaseId = lease.id;
  if (report.kind === 'held') {
    const { repository, fence } = report;
    execute(app, report, { kind: 'share', leaseId }, sharedBy({ repository, fence }));
    return;
  }
  const { holder } = report;
  const to = holder && { machine: holder.machine, session_id: holder.session, path: holder.path };
  execute(app, report, { kind: 'lose', leaseId }, lostTo(to));
}

function execute(
  app: AppContext,
  { lease }: LeaseReport,
  command: { kind: 'share' | 'lose'; leaseId: number },
  metadata: Record<string, unknown>,
): void {
  const { ledger, actor } = app;
  ledger.store.transaction(() => {
    app.guard?.();
    unlessRejected(() =>
      ledger.execute(leaseDecider, leaseStream(lease.folder), command, app.given(), {
        actor,
        correlationId: lease.session,
        metadata,
      }),
    );
  });
}
