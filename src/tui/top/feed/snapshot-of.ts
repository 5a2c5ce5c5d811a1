import { accountIn, providerOfKey } from '../../../config/accounts.ts';
import { AGENTS, isAgent, isFake } from '../../../config/provider-ids.ts';
import { sessionOfStream } from '../../../machines/worker/state.ts';
import type { Rows } from '../../../projections/reader.ts';
import {
  endedSessions,
  hasWork,
  liveSessions,
  queuedSessions,
  type SessionRow,
  sessionById,
} from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { isWatched, runningWatcher } from '../../../workers/core/watcher/liveness.ts';
import { current } from '../../../workers/queries/status.ts';
import type { ListedWorker, RecentEvent, Snapshot, Subscription, WatcherHealth } from '../model/snapshot.ts';
import { workersOf } from './workers-of.ts';

/** Ended workers that are listed: the newest. */
const MOST_ENDED = 40;
/** Events that are looked through for the latest news. */
const MOST_RECENT = 60;
const NEWS = 8;

/** What is known beside the ledger. */
export interface KnownBeside {
  /** The names of agents for a person, by their ids. */
  names: ReadonlyMap<string, string>;
  /** What each worker's agent used. */
  tokens: ReadonlyMap<string, number>;
  /** The workers of other machines. */
  others: readonly ListedWorker[];
  isConfigInvalid: boolean;
}

/** What the ledger says now. Asks no provider and no terminal. */
export function snapshotOf(app: AppContext, beside: KnownBeside, now: Date): Snapshot {
  const { ledger } = app;
  const own = workersOf(ledger, listed(ledger)).map((worker) => ({
    ...worker,
    tokens: beside.tokens.get(worker.session.id) ?? null,
  }));
  const capacity = current(ledger, app, now);
  return {
    at: now,
    workers: sorted([...own, ...beside.others]),
    subscriptions: subscriptionsOf(Object.values(capacity.providers), beside),
    least: capacity.min_remaining_percent,
    recent: recentEvents(app),
    watcher: watcherHealth(app),
    trouble: null,
    isConfigInvalid: beside.isConfigInvalid,
    readOnly: ledger.store.readOnly,
  };
}

const listed = (rows: Rows): SessionRow[] => [
  ...liveSessions(rows),
  ...queuedSessions(rows),
  ...endedSessions(rows, MOST_ENDED),
];

/** How soon a person is needed: first those that wait for an answer, then what was lost, what works, what is over. */
function urgency({ session }: ListedWorker): number {
  const { state, alive, successor } = session;
  switch (state) {
    case 'AWAITING_APPROVAL':
    case 'AWAITING_USER_INPUT':
      return alive === 1 ? 0 : OVER;
    case 'LOST':
      return successor === null ? 1 : OVER;
    case 'IDLE':
      return 3;
    case 'PARKED':
      return 4;
    case 'QUEUED':
      return QUEUED;
    case 'COMPLETED':
    case 'FAILED':
    case 'CANCELLED':
      return OVER;
    default:
      return 2;
  }
}

const [QUEUED, OVER] = [5, 6];

/** Those that have waited longest come first, of the rest the newest. */
export function sorted(workers: readonly ListedWorker[]): ListedWorker[] {
  // The positions of two logs cannot be compared.
  const isMixed = workers.some(({ machine }) => machine !== null);
  return workers.toSorted((one, other) => {
    const [a, b] = [urgency(one), urgency(other)];
    if (a !== b) return a - b;
    if (a === 0) return one.since < other.since ? -1 : 1;
    if (a === OVER) return one.since < other.since ? 1 : -1;
    const places = (one.place ?? 0) - (other.place ?? 0);
    if (a === QUEUED) return places || one.session.position - other.session.position;
    if (isMixed) return one.session.created_at < other.session.created_at ? 1 : -1;
    return other.session.position - one.session.position;
  });
}

function subscriptionsOf(
  rows: Snapshot['subscriptions'][number]['row'][],
  { names }: KnownBeside,
): Subscription[] {
  return rows
    .filter(({ provider_id, unusable_reason }) => !isFake(provider_id) && unusable_reason !== 'not_installed')
    .map((row) => {
      const key = row.provider_id;
      const provider = providerOfKey(key);
      const listedAs = isAgent(provider) ? AGENTS[provider] : null;
      const target = listedAs && 'target' in listedAs ? listedAs.target : provider;
      return { key, name: names.get(provider) ?? provider, account: accountIn(key), target, row };
    });
}

/** The latest changes of states, newest first. */
function recentEvents({ ledger }: AppContext): RecentEvent[] {
  const last = ledger.store.lastPosition();
  const stored = ledger.store.readAll({ from: Math.max(1, last - MOST_RECENT + 1), limit: MOST_RECENT });
  const states = new Map<string, string>();
  const news: RecentEvent[] = [];
  for (const { stream_id, occurred_at, payload } of stored) {
    const { state } = JSON.parse(payload) as { state?: unknown };
    const session = sessionOfStream(stream_id);
    if (session === null || typeof state !== 'string' || states.get(session) === state) continue;
    states.set(session, state);
    news.push({ at: occurred_at, session, state, task: sessionById(ledger, session)?.task ?? session });
  }
  return news.toSorted((one, other) => (one.at < other.at ? 1 : -1)).slice(0, NEWS);
}

export function watcherHealth({ config, ledger, paths }: AppContext): WatcherHealth {
  if (!config.watcher.enabled) return 'off';
  if (isWatched(ledger, paths)) return 'runs';
  if (!hasWork(ledger)) return 'unneeded';
  return runningWatcher(ledger) === null ? 'stopped' : 'silent';
}
