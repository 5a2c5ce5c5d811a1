import type { EventOf, EventType } from '../events/catalogue.ts';
import type { Projection, Tables } from './projection.ts';
import { sessionId } from './sessions.ts';

type StateEvent = Extract<EventType, `worker.${string}`>;

/** Closes the span of the state before, opens one for the state that the event carries. Same state: nothing. */
function enter(tables: Tables, event: EventOf<StateEvent>): void {
  const id = sessionId(event);
  const open = tables.get<{ position: number; state: string }>(
    'SELECT position, state FROM {timeline} WHERE session_id = ? ORDER BY position DESC LIMIT 1',
    id,
  );
  if (open?.state === event.data.state) return;
  if (open)
    tables.run('UPDATE {timeline} SET left_at = ? WHERE position = ?', event.occurred_at, open.position);
  tables.insert('timeline', {
    position: event.position,
    session_id: id,
    state: event.data.state,
    entered_at: event.occurred_at,
    left_at: null,
    because: 'observe_event' in event.data ? `saw ${event.data.observe_event}` : event.type,
  });
}

/** How long each worker was in which state, and why it got there: one row a stay. */
export const timeline: Projection = {
  name: 'timeline',
  version: 1,
  tables: ['timeline'],
  schema: `
    CREATE TABLE {timeline} (
      position INTEGER PRIMARY KEY,
      session_id TEXT NOT NULL,
      state TEXT NOT NULL,
      entered_at TEXT NOT NULL,
      left_at TEXT,
      because TEXT NOT NULL
    ) STRICT;
    CREATE INDEX {timeline}_of_session ON {timeline} (session_id);
  `,
  apply: {
    'worker.spawn_requested': enter,
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
  },
};
