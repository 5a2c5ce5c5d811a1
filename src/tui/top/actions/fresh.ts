import { AgentPoolError } from '../../../lib/errors.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import type { Given } from './action.ts';

/**
 * The worker of an action as the ledger knows it now: a dialog may have been open for hours. @throws SESSION_CHANGED if
 * it runs as another process than the one that was shown: what was decided of that one says nothing about this one.
 */
export function nowOf({ app, session }: Pick<Given, 'app' | 'session'>): SessionRow {
  const now = sessionById(app.ledger, session.id);
  if (now && now.run === session.run) return now;
  throw new AgentPoolError(
    'SESSION_CHANGED',
    `${session.id} was resumed meanwhile. Nothing was done: look at it, and press the key again.`,
    { session_id: session.id },
  );
}

/** Why there is no work of it: it was dropped from the queue. null if it ran. */
export const neverRan = ({ state, run }: SessionRow): string | null =>
  state === 'QUEUED' ? 'It has not started yet.' : run === 0 ? 'It never ran: n starts a worker.' : null;

export const nameOf = ({ id, task }: SessionRow): string => {
  const [line = ''] = task.split('\n', 1);
  return line.length > 60 ? `${id} (${line.slice(0, 60)}…)` : `${id} (${line})`;
};
