import type { Rows } from '../../../projections/reader.ts';
import { enteredAt, queuePlaces, type SessionRow } from '../../../projections/sessions/queries.ts';
import type { Parked } from '../../../projections/sessions/schema.ts';
import { troublesIn } from '../../../projections/troubles.ts';
import type { ListedWorker } from '../model/snapshot.ts';

/** The workers of some sessions, as the log that has them says. */
export function workersOf(rows: Rows, sessions: readonly SessionRow[]): ListedWorker[] {
  const since = enteredAt(
    rows,
    sessions.map(({ id }) => id),
  );
  const places = queuePlaces(rows);
  const troubles = troublesIn(rows);
  return sessions.map((session) => {
    const { fault, undelivered } = troubles(session.id);
    return {
      session,
      machine: null,
      since: since.get(session.id) ?? session.updated_at,
      parked:
        session.state === 'PARKED' && session.parked !== null ? (JSON.parse(session.parked) as Parked) : null,
      place: session.state === 'QUEUED' ? (places.get(session.id) ?? null) : null,
      trouble: fault ? `it is not watched: ${fault.error}` : (undelivered ?? null),
      tokens: null,
    };
  });
}
