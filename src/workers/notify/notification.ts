import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { lossIn } from '../../projections/leases/fleet-leases.ts';
import type { LeaseRow } from '../../projections/leases/queries.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { isStoppedByLimit } from '../core/limits/at-limit.ts';
import { stepsFor } from '../core/setup/next-steps.ts';
import { type Turn, turnOf } from '../sight/turn.ts';
import type { Notification } from './notification-schema.ts';

/** Events that may be worth a notification. A caller that terminates a worker, or fails to spawn one, knows already. */
export const NOTIFYING_TYPES = [
  'worker.transitioned',
  'worker.exited',
  'worker.lost',
  'worker.handover_failed',
  'worker.deadline_exceeded',
  'worker.parked',
  'worker.park_ended',
  'worker.message_sent',
  'worker.dequeued',
  'worker.spawn_failed',
  'lease.expired',
] as const;

/**
 * The notification for the last of a worker's events: that it begins to wait, or that it has ended. Null for every
 * other event, such as the exit of a worker that had already completed.
 */
export function notificationOf(
  session: SessionRow,
  events: readonly LedgerEvent[],
  { withQuestion }: { withQuestion: boolean },
): Notification | null {
  const last = events.at(-1);
  if (!last || !(NOTIFYING_TYPES as readonly string[]).includes(last.type)) return null;
  const before = turnOf(events.slice(0, -1));
  const turn = turnOf(events);
  const event = isOfQueue(last) ? unseenEnd(events) : goneOn(before, last) ? 'continued' : kindOf(turn);
  const isSeen = last.type === 'worker.transitioned' && event === 'waits';
  if (event === null || (turn.state === before.state && !isSeen)) return null;
  const moment = turn.observations.at(-1);
  return {
    event,
    session_id: session.id,
    provider_id: session.provider_id,
    model: session.model,
    role: session.role,
    state: turn.state,
    because: isStoppedByLimit(moment?.readiness) ? 'limit' : (moment?.event ?? 'none'),
    at: last.occurred_at,
    position: last.position,
    task: session.task,
    repo_path: session.repo_path,
    next: stepsFor({ id: session.id, state: turn.state, alive: turn.alive, rule: moment?.rule ?? null }),
    ...(last.type === 'worker.parked' && last.data.until !== null ? { until: last.data.until } : {}),
    ...(withQuestion && moment?.question ? { question: moment.question } : {}),
  };
}

/** The notification of a lease that the worker has lost to another machine; null for one that ended at its time. */
export function lossOf(
  session: SessionRow,
  event: LedgerEvent,
  lease: Pick<LeaseRow, 'file_path'>,
): Notification | null {
  const loss = lossIn(event.metadata);
  if (loss === undefined) return null;
  return {
    event: 'lease_lost',
    session_id: session.id,
    provider_id: session.provider_id,
    model: session.model,
    role: session.role,
    state: session.state,
    because: 'lease',
    at: event.occurred_at,
    position: event.position,
    task: session.task,
    repo_path: session.repo_path,
    next: stepsFor({ id: session.id, state: session.state, alive: session.alive === 1, rule: null }),
    lease: {
      path: lease.file_path || '.',
      machine: loss?.machine ?? null,
      session_id: loss?.session_id ?? null,
    },
  };
}

/** Whether a parked worker works again, by its own or because it was continued; not a message of its caller. */
const goneOn = (before: Turn, last: LedgerEvent): boolean =>
  before.state === 'PARKED' &&
  ((last.type === 'worker.message_sent' && last.data.continuation === true) ||
    (last.type === 'worker.transitioned' && last.data.state === 'RUNNING'));

const isOfQueue = ({ type }: LedgerEvent): boolean =>
  type === 'worker.dequeued' || type === 'worker.spawn_failed';

/** A request that waited and cannot start: its caller is long gone. Null if the caller has done that, or sees it. */
function unseenEnd(events: readonly LedgerEvent[]): Notification['event'] | null {
  const last = events.at(-1);
  const hasWaited = events.some(({ type }) => type === 'worker.queued');
  const isByCaller = last?.type === 'worker.dequeued' && last.data.because === 'caller';
  return hasWaited && !isByCaller ? 'ended' : null;
}

function kindOf({ state, given }: Turn): Notification['event'] | null {
  switch (state) {
    case 'PARKED':
      return 'parked';
    case 'AWAITING_USER_INPUT':
    case 'AWAITING_APPROVAL':
      return 'waits';
    case 'IDLE':
      // Before it has its task, it waits for us.
      return given ? 'waits' : null;
    case 'COMPLETED':
    case 'FAILED':
    case 'LOST':
      return 'ended';
    default:
      return null;
  }
}

/** The title of a notification, such as `codex-cli asks a question`. */
export function notificationTitle({
  event,
  provider_id,
  state,
  because,
  until,
  lease,
}: Notification): string {
  if (event === 'lease_lost')
    return `${provider_id} has lost its lease on ${lease?.path}${lease?.machine ? ` to ${lease.machine}` : ''}`;
  if (event === 'continued') return `${provider_id} goes on after its limit`;
  if (event === 'parked')
    return `${provider_id} waits for its limit to reset${until === undefined ? '' : ` at ${until.slice(11, 16)} UTC`}`;
  if (because === 'limit') return `${provider_id} has reached a limit`;
  switch (state) {
    case 'AWAITING_USER_INPUT':
      return `${provider_id} asks a question`;
    case 'AWAITING_APPROVAL':
      return `${provider_id} waits for approval`;
    case 'IDLE':
      return `${provider_id} has ended its turn`;
    case 'COMPLETED':
      return `${provider_id} has completed its task`;
    case 'CANCELLED':
      return `${provider_id} was dropped from the queue`;
    default:
      return because === 'timeout' ? `${provider_id} has exceeded its deadline` : `${provider_id} has failed`;
  }
}
