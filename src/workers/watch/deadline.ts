import type { SessionRow } from '../../projections/sessions/queries.ts';
import { terminateWorker } from '../commands/terminate.ts';
import type { AppContext } from '../core/context.ts';
import { recordUnlessRejected } from '../core/record.ts';

/** Ends a worker whose time has run out, and everything that it started. */
export async function endOverdue(app: AppContext, session: SessionRow): Promise<void> {
  recordUnlessRejected(app, session.id, { kind: 'exceed_deadline' });
  await terminateWorker(app, session);
}
