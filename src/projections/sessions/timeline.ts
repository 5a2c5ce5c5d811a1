import type { EventOf, EventType } from '../../events/catalogue/index.ts';
import type { Projection, Tables } from '../projection.ts';
import type { Rows } from '../reader.ts';
import type { Stay } from './schema.ts';
import { sessionId } from './sessions.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;

/** Adds a row for the state that the event carries, unless the worker is already in it. */
function enter(tables: Tables, event: EventOf<StateEvent>): void {
  const id = sessionId(event);
  const { state } = event.data;
  tables.run(
    `INSERT INTO {timeline} (position, session_id, state, entered_at, because) SELECT ?, ?, ?, ?, ?
     WHERE ? IS NOT (SELECT state FROM {timeline} WHERE session_id = ? ORDER BY position DESC LIMIT 1)`,
    event.position,
    id,
    state,
    event.occurred_at,
    'observe_event' in event.data ? `saw ${event.data.observe_event}` : event.type,
    state,
    id,
  );
}

/** The stays of one session in order; each ends when the next begins. */
export const staysOf = (rows: Rows, session: string): Stay[] =>
  rows.all<Stay>(
    `SELECT state, entered_at, lead(entered_at) OVER (ORDER BY position) AS exited_at, because
     FROM timeline WHERE session_id = ? ORDER BY position`,
    session,
  );

/** When each of these workers entered the state that it is in, by its id. */
export function enteredAt(rows: Rows, sessions: readonly string[]): Map<string, string> {
  const marks = sessions.map(() => '?').join(', ');
  const found = rows.all<{ session_id: string; entered_at: string }>(
    `SELECT session_id, entered_at, max(position) FROM timeline WHERE session_id IN (${marks}) GROUP BY session_id`,
    ...sessions,
  );
  return new Map(found.map(({ session_id, entered_at }) => [session_id, entered_at]));
}

/** How long each worker was in which state, and why it entered it: one row per stay, never changed. */
export const timeline: Projection = {
  name: 'timeline',
  version: 2,
  tables: ['timeline'],
  schema: `
    CREATE TABLE {timeline} (
      position INTEGER NOT NULL,
      session_id TEXT NOT NULL,
      state TEXT NOT NULL,
      entered_at TEXT NOT NULL,
      because TEXT NOT NULL,
      PRIMARY KEY (session_id, position)
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'worker.queued': enter,
    'worker.requeued': enter,
    'worker.dequeued': enter,
    'worker.spawn_requested': enter,
    'worker.resume_requested': enter,
    'worker.resume_failed': enter,
    'worker.parked': enter,
    'worker.park_ended': enter,
    'worker.started': enter,
    'worker.spawn_failed': enter,
    'worker.prompt_delivered': enter,
    'worker.message_sent': enter,
    'worker.message_delivered': enter,
    'worker.interrupted': enter,
    'worker.transitioned': enter,
    'worker.exited': enter,
    'worker.deadline_exceeded': enter,
    'worker.lost': enter,
    'worker.collected': enter,
    'worker.terminated': enter,
    'worker.handover_failed': enter,
  },
};
