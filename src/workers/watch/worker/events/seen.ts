import type { LedgerEvent } from '../../../../events/catalogue/index.ts';
import type { WorkerCommand } from '../../../../machines/worker/commands.ts';
import type { SessionRow } from '../../../../projections/sessions/queries.ts';
import type { WatchContext } from '../../../core/record.ts';
import type { BoundedPerception } from '../../../sight/perception/bounded-perception.ts';
import { recordLimit, recordLimitOver } from './limit-warning.ts';

/** Records what one screen has shown beside a change of state: limits, a client that retries, too many observations. */
export function recordSeen(
  { omits, limit, limitOver, retry }: ReturnType<BoundedPerception['perceive']>,
  {
    app,
    session,
    record,
  }: { app: WatchContext; session: SessionRow; record(command: WorkerCommand): LedgerEvent[] | null },
): void {
  for (const observations of omits) record({ kind: 'omit_observations', observations });
  if (limit) recordLimit(app, session, limit, record);
  if (limitOver) recordLimitOver(app, session);
  if (retry === 'over') record({ kind: 'recover' });
  else if (retry) record({ kind: 'warn_retry', rule: retry.rule, evidence: [retry.text] });
}
