/** What keeps a request from its start. */
export interface Obstacle {
  why: 'limit' | 'parallel' | 'lease' | 'time';
  reason: string;
  /** When it may be gone, in milliseconds since 1970; null if that is not known. */
  until: number | null;
}

/** A request that waits. */
export interface Waiting {
  id: string;
  /** The key of its account: requests of one key start in their order. */
  key: string;
  /** Whose workers it counts with. */
  coordinator: string;
  rank: number;
  /** In milliseconds since 1970, as all times here. */
  notBefore: number | null;
  expiresAt: number | null;
}

export interface Situation {
  now: number;
  /** What is in the way of this request alone: a limit of its account or model, a lease. */
  obstacle(id: string): Obstacle | null;
  /** How many more workers a coordinator may have. */
  places(coordinator: string): number;
}

export interface Placed {
  id: string;
  /** Its place among the requests of its key, from 1. */
  place: number;
  /** Null: it may start. */
  obstacle: Obstacle | null;
}

export interface QueueDecision {
  /** The requests that may start now, in this order. */
  start: string[];
  /** Those whose deadline has passed. */
  expired: string[];
  /** Every other one, in the order of the queue. */
  waiting: Placed[];
  /** When to decide again, at the latest; null if only an event changes something. */
  wakeAt: number | null;
}

const FULL = 'policy.max_parallel_sessions is reached';

/**
 * What the requests of the queue may do now. One that waits for its own time, limit or lease lets others pass; one
 * that only waits for a place is passed by no other. Pure.
 */
export function decideQueue(
  waiting: readonly Waiting[],
  { now, obstacle, places }: Situation,
): QueueDecision {
  const ordered = [...waiting].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  const expired = ordered.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now);
  const taken = new Map<string, number>();
  const perKey = new Map<string, number>();
  const decision: QueueDecision = {
    start: [],
    expired: expired.map(({ id }) => id),
    waiting: [],
    wakeAt: null,
  };
  for (const request of ordered) {
    if (expired.includes(request)) continue;
    const { id, key, coordinator } = request;
    const own = timeOf(request, now) ?? obstacle(id);
    const used = taken.get(coordinator) ?? 0;
    const found = own ?? (used < places(coordinator) ? null : noPlace);
    const place = (perKey.get(key) ?? 0) + 1;
    if (found) {
      perKey.set(key, place);
      decision.waiting.push({ id, place, obstacle: found });
    } else {
      taken.set(coordinator, used + 1);
      decision.start.push(id);
    }
    decision.wakeAt = earliest(decision.wakeAt, found?.until ?? null, request.expiresAt);
  }
  return decision;
}

const noPlace: Obstacle = { why: 'parallel', reason: FULL, until: null };

function timeOf({ notBefore }: Waiting, now: number): Obstacle | null {
  if (notBefore === null || notBefore <= now) return null;
  const reason = `it is not to start before ${new Date(notBefore).toISOString()}`;
  return { why: 'time', reason, until: notBefore };
}

function earliest(...times: (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** The most that a start waits after a limit's reset, in milliseconds. */
const MOST_JITTER_MS = 60_000;

/**
 * How long after a reset a request is started: a tenth of its wait at most, another time for each, so that not everything
 * that waits asks at once.
 */
export function jitterOf(id: string, waitMs: number): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return Math.round((hash / 2 ** 32) * Math.min(MOST_JITTER_MS, Math.max(0, waitMs) / 10));
}

export type QueueTarget = { kind: 'first' } | { kind: 'last' } | { kind: 'before'; id: string };

/** Where a request is moved to, among those of its key in their order. Null: the others have to be numbered again. */
export function rankFor(others: readonly { id: string; rank: number }[], to: QueueTarget): number | null {
  const first = others[0]?.rank ?? 1;
  const last = others.at(-1)?.rank ?? 0;
  if (to.kind === 'first') return first - 1;
  if (to.kind === 'last') return last + 1;
  const index = others.findIndex(({ id }) => id === to.id);
  const after = others[index]?.rank ?? last + 1;
  const before = others[index - 1]?.rank;
  if (before === undefined) return after - 1;
  const between = (before + after) / 2;
  return between > before && between < after ? between : null;
}
