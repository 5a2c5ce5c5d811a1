import Type, { type Static } from 'typebox';
import { keyOfWorker } from '../../config/accounts.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, flag, instant, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { queuedSessions, type SessionRow } from '../../projections/sessions/queries.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { dropQueued } from '../core/requests/queued-requests.ts';
import { sessionNamed } from '../core/sessions/named-session.ts';
import { isWatched } from '../core/watcher/liveness.ts';
import { type Placed, type QueueTarget, rankFor } from './decide.ts';
import { decisionNow, placeOf } from './situation.ts';

export const QueuedRequest = Type.Object(
  {
    session_id: text,
    provider_id: text,
    account: nullable(text),
    model: nullable(text),
    task: noted(text, 'Redacted, like all stored text.'),
    place: noted(count, 'Among the requests of its account, from 1.'),
    why: noted(
      oneOf(['limit', 'parallel', 'lease', 'time', 'starting']),
      'What is in the way now; `starting`: nothing, the watcher starts it.',
    ),
    reason: text,
    may_start_at: noted(nullable(instant), 'When that may be gone; null if it is not known.'),
    not_before: nullable(instant),
    deadline: noted(nullable(instant), 'Then it is dropped.'),
    queued_at: instant,
    coordinator_id: text,
  },
  { title: 'QueuedRequest', description: 'A request that waits for its start.' },
);
export type QueuedRequest = Static<typeof QueuedRequest>;

export const QueueReport = Type.Object(
  {
    queue: list(QueuedRequest),
    watched: noted(flag, 'Whether a watcher runs, which starts them.'),
  },
  { description: 'The requests that wait for their start, in the order of the queue.' },
);
export type QueueReport = Static<typeof QueueReport>;

export const QueueChange = Type.Object({
  ok: Type.Literal(true),
  session_id: text,
  queue: noted(list(QueuedRequest), 'The queue after the change.'),
});
export type QueueChange = Static<typeof QueueChange>;

/** The queue as of now, by what is known: no provider is asked. */
export function queueReport(app: AppContext): QueueReport {
  return { queue: requestsIn(app), watched: isWatched(app.ledger, app.paths) };
}

function requestsIn(app: AppContext): QueuedRequest[] {
  const { waiting } = decisionNow(app);
  const placed = new Map(waiting.map((each) => [each.id, each]));
  const perKey = new Map<string, number>();
  return queuedSessions(app.ledger).map((session) => {
    const key = keyOfWorker(session);
    const place = (perKey.get(key) ?? 0) + 1;
    perKey.set(key, place);
    return requestJson(session, place, placed.get(session.id));
  });
}

function requestJson(session: SessionRow, place: number, placed: Placed | undefined): QueuedRequest {
  const { not_before, expires_at } = placeOf(session);
  const obstacle = placed?.obstacle ?? null;
  return {
    session_id: session.id,
    provider_id: session.provider_id,
    account: session.account,
    model: session.model,
    task: session.task,
    place,
    why: obstacle?.why ?? 'starting',
    reason: obstacle ? redact(obstacle.reason) : 'nothing is in its way',
    may_start_at: obstacle?.until == null ? null : new Date(obstacle.until).toISOString(),
    not_before,
    deadline: expires_at,
    queued_at: session.created_at,
    coordinator_id: session.coordinator_id,
  };
}

/** Moves a request among those of its account. @throws SESSION_NOT_QUEUED; INVALID_REQUEST for one of another account. */
export function moveInQueue(app: AppContext, name: string, to: QueueTarget): QueueChange {
  const { id } = app.ledger.store.transaction(() => {
    const session = queuedNamed(app, name);
    const key = keyOfWorker(session);
    const others = queuedSessions(app.ledger)
      .filter((other) => other.id !== session.id && keyOfWorker(other) === key)
      .map((other) => ({ id: other.id, rank: placeOf(other).rank }));
    const target = to.kind === 'before' ? { ...to, id: neighbour(app, session, to.id).id } : to;
    const rank = rankFor(others, target);
    if (rank !== null) record(app, session.id, { kind: 'move_in_queue', rank });
    else numberAgain(app, session, others, target);
    return session;
  });
  return { ok: true, session_id: id, queue: requestsIn(app) };
}

/** There is no number between two others any more. */
function numberAgain(
  app: AppContext,
  session: SessionRow,
  others: readonly { id: string }[],
  target: QueueTarget,
): void {
  const ids = others.map(({ id }) => id);
  const index = target.kind === 'before' ? ids.indexOf(target.id) : ids.length;
  ids.splice(index, 0, session.id);
  for (const [rank, id] of ids.entries()) record(app, id, { kind: 'move_in_queue', rank: rank + 1 });
}

function neighbour(app: AppContext, session: SessionRow, name: string): SessionRow {
  const other = queuedNamed(app, name);
  if (other.id !== session.id && keyOfWorker(other) === keyOfWorker(session)) return other;
  const message =
    other.id === session.id
      ? `${session.id} cannot be moved before itself.`
      : `${other.id} waits for ${keyOfWorker(other)}, and ${session.id} for ${keyOfWorker(session)}: each account has an order of its own.`;
  throw new AgentPoolError('INVALID_REQUEST', message, {
    session_id: session.id,
    example: shell`agentpool queue move ${session.id} --first`,
  });
}

/** Drops a request. @throws SESSION_NOT_QUEUED */
export function removeFromQueue(app: AppContext, name: string): QueueChange {
  const { id } = queuedNamed(app, name);
  dropQueued(app, id, { because: 'caller', reason: 'its caller removed it from the queue' });
  return { ok: true, session_id: id, queue: requestsIn(app) };
}

function queuedNamed(app: AppContext, name: string): SessionRow {
  const session = sessionNamed(app, name);
  if (session.state === 'QUEUED') return session;
  throw new AgentPoolError(
    'SESSION_NOT_QUEUED',
    `${session.id} does not wait in the queue: it is ${session.state}.`,
    { session_id: session.id, state: session.state, example: 'agentpool queue' },
  );
}
