import { SUMS, type Tokens } from './sums.ts';
import type { TokenIndex } from './token-index.ts';

/** A session by the id that its agent gave it. */
export interface SessionKey {
  provider_id: string;
  session: string;
}

/** What one session of an agent used in a window. */
export interface SessionTokens extends SessionKey, Tokens {
  /** Where it worked at its first answer, in the window or before; null if the log does not say. */
  folder: string | null;
  /** When it had that answer: ISO 8601, UTC. */
  began_at: string;
}

/** Every session that had an answer between two moments, in milliseconds since 1970; the end is exclusive. */
export function sessionsWithin({ connection }: TokenIndex, start: number, end: number): SessionTokens[] {
  const first = (column: string) =>
    `(SELECT ${column} FROM uses AS first WHERE first.provider_id = uses.provider_id AND first.session = uses.session
      ORDER BY first.at LIMIT 1)`;
  return connection
    .prepare(
      `SELECT provider_id, session, ${SUMS}, ${first('project')} AS folder, ${first('at')} AS began_at
       FROM uses WHERE at >= ? AND at < ? AND session IS NOT NULL GROUP BY provider_id, session`,
    )
    .all(new Date(start).toISOString(), new Date(end).toISOString()) as SessionTokens[];
}
