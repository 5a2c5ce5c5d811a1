import { keyOfWorker } from '../../config/accounts.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { covers } from '../../machines/lease/decide.ts';
import { openLeases } from '../../projections/leases/queries.ts';
import { countWorking, queuedSessions, type SessionRow } from '../../projections/sessions/queries.ts';
import type { Queued } from '../../projections/sessions/schema.ts';
import type { Capacity } from '../../usage/capacity/capacity.ts';
import { leasedPath } from '../../workspace/leased-path.ts';
import { accountOf } from '../commands/spawning/allowed.ts';
import type { SpawnOptions } from '../commands/spawning/options.ts';
import type { AppContext } from '../core/context.ts';
import { keptRequest } from '../core/requests/queued-requests.ts';
import { isByLimit } from '../core/requests/refused-spawns.ts';
import { assertHeadroom, knownCapacity } from '../queries/capacity.ts';
import { decideQueue, type Obstacle, type QueueDecision, type Waiting } from './decide.ts';

/** All requests that wait, as the decision needs them. */
export const waitingIn = (app: Pick<AppContext, 'ledger'>): Waiting[] =>
  queuedSessions(app.ledger).map(waitingOf);

export function waitingOf(session: SessionRow): Waiting {
  const { rank, not_before, expires_at } = placeOf(session);
  return {
    id: session.id,
    key: keyOfWorker(session),
    coordinator: session.coordinator_id,
    rank,
    notBefore: not_before === null ? null : Date.parse(not_before),
    expiresAt: expires_at === null ? null : Date.parse(expires_at),
  };
}

export const placeOf = ({ queued }: SessionRow): Queued => JSON.parse(queued ?? '{}') as Queued;

interface Given {
  /** The limit that a request waits for; by default what is known, without asking a provider. */
  byLimit?: (id: string, options: SpawnOptions) => Obstacle | null;
  /** A request that does not wait yet. */
  newcomer?: { waiting: Waiting; options: SpawnOptions };
}

/** The decision as of now. */
export function decisionNow(
  app: AppContext,
  { byLimit = limitIn(app), newcomer }: Given = {},
): QueueDecision {
  const { config, ledger } = app;
  const byLease = leaseIn(app);
  return decideQueue([...waitingIn(app), ...(newcomer ? [newcomer.waiting] : [])], {
    now: app.given().now.getTime(),
    obstacle: (id) => {
      const options = id === newcomer?.waiting.id ? newcomer.options : optionsOf(app, id);
      return options && (byLimit(id, options) ?? byLease(options));
    },
    places: (coordinator) => config.policy.max_parallel_sessions - countWorking(ledger, coordinator),
  });
}

/** The request of a session that waits; null if its file is missing or damaged: then its start finds that out. */
export function optionsOf(app: AppContext, id: string): SpawnOptions | null {
  const kept = keptRequest(app, id);
  const { provider, task, repo, allowedFiles } = kept ?? {};
  const isWhole =
    [provider, task, repo].every((each) => typeof each === 'string') && Array.isArray(allowedFiles);
  return isWhole ? (kept as unknown as SpawnOptions) : null;
}

/** What the known limits say about a request. */
function limitIn(app: AppContext): (id: string, options: SpawnOptions) => Obstacle | null {
  let capacity: Capacity | undefined;
  return (_, options) => {
    capacity ??= knownCapacity(app);
    return limitOf(app, options, capacity);
  };
}

export function limitOf(app: AppContext, options: SpawnOptions, capacity: Capacity): Obstacle | null {
  try {
    assertHeadroom(app, accountOf(app, options).key, capacity, options.model);
    return null;
  } catch (error) {
    // Whatever else refuses it refuses its start.
    return isByLimit(error) ? limitFrom(error as AgentPoolError) : null;
  }
}

export function limitFrom({ message, details }: AgentPoolError): Obstacle {
  const back = details.next_available_at;
  const until = typeof back === 'string' ? Date.parse(back) : null;
  const [reason = message] = message.split(/, and policy\./);
  const when = typeof back === 'string' ? `; it is back at ${back}` : '';
  return { why: 'limit', reason: `${reason}${when}`, until };
}

/** Which leases of others cover a file that the request may change. A worker that only reads is kept by none. */
export function leaseIn(
  app: Pick<AppContext, 'ledger' | 'given'>,
): (options: SpawnOptions) => Obstacle | null {
  const now = app.given().now.toISOString();
  return ({ repo, isolation, allowedFiles }) => {
    if (isolation === 'read_only') return null;
    for (const file of allowedFiles) {
      const leased = pathOf(repo, file);
      if (!leased) continue;
      const held = openLeases(app.ledger, { repoPath: leased.repo }).find(
        ({ file_path, expires_at }) =>
          (expires_at === null || expires_at > now) &&
          (covers(file_path, leased.path) || covers(leased.path, file_path)),
      );
      if (held) {
        const until = held.expires_at === null ? null : Date.parse(held.expires_at);
        return { why: 'lease', reason: `${file} is leased by ${held.session_id}`, until };
      }
    }
    return null;
  };
}

/** Null for a path outside of the repository: its start is refused for that. */
function pathOf(repo: string, file: string): { repo: string; path: string } | null {
  try {
    return leasedPath(repo, file);
  } catch (error) {
    if (error instanceof AgentPoolError) return null;
    throw error;
  }
}
