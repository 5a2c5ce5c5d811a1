import type { SessionRow } from '../projections/session-queries.ts';
import type { House } from './house.ts';
import { recordIfNews } from './record.ts';
import { terminateWorker } from './terminate.ts';

/** Ends a worker whose time has run out, and everything that it started. */
export async function endOverdue(house: House, session: SessionRow): Promise<void> {
  recordIfNews(house, session.id, { kind: 'exceed_deadline' });
  await terminateWorker(house, session);
}
