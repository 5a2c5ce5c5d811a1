import { AgentPoolError } from '../../../lib/errors.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../context.ts';
import { sessionNamed } from './named-session.ts';

/**
 * The session of these words on this machine; null if it is a worker of another machine of the fleet.
 * @throws what `sessionNamed` throws
 */
export function sessionHere(app: AppContext, words: string): SessionRow | null {
  try {
    return sessionNamed(app, words);
  } catch (error) {
    if (error instanceof AgentPoolError && error.details.machine_id !== undefined) return null;
    throw error;
  }
}
