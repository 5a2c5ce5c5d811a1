import { hashAt, lastPosition, type Rows } from '../../events/store/log-queries.ts';
import type { LocalLog } from './compare.ts';

/** The log of this machine, to be compared with what the database has of it. */
export const localLog = (rows: Rows): LocalLog => ({
  last: lastPosition(rows),
  hashAt: (position) => hashAt(rows, position)?.toString('hex') ?? null,
});
