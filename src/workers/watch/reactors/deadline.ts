import { ageOf } from '../../../lib/process/processes.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';

type Limited = Pick<SessionRow, 'run_at' | 'deadline_at' | 'pane_started'>;

/** How much later than its request a worker's process may start without a doubt about the clock, in milliseconds. */
const START_MS = 5000;

/**
 * When a worker's time is up, by the monotonic clock; null if it has no deadline. Ask once for each worker and keep the
 * answer: from then on, no change of the time of day ends a worker too soon, or never.
 */
export function deadlineOf(session: Limited): number | null {
  if (session.deadline_at === null) return null;
  return monotonic() + timeLeft(session, Date.now(), ageOfWorker(session));
}

/**
 * Milliseconds until the deadline. The ledger holds it as a time of day, which may have been set since: where the age
 * of the worker's process contradicts it, the age counts. Never more than the worker was given. Pure.
 */
export function timeLeft(
  { run_at, deadline_at }: Pick<Limited, 'run_at' | 'deadline_at'>,
  now: number,
  age: number | null,
): number {
  const deadline = Date.parse(deadline_at ?? '');
  const given = deadline - Date.parse(run_at);
  const byClock = deadline - now;
  if (age === null) return Math.min(byClock, given);
  const byAge = given - age;
  return byClock > byAge || byClock < byAge - START_MS ? byAge : byClock;
}

const ageOfWorker = ({ pane_started: started }: Limited): number | null =>
  started === null || started === '' ? null : ageOf({ started });
