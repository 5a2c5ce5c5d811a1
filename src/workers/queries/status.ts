import { lastReset, leftOf, planWindows } from '../../agents/contract/limits/sample.ts';
import { lastDetected } from '../../agents/last-detected.ts';
import { accountKeys, providerOfKey } from '../../config/accounts.ts';
import type { LoadedConfig } from '../../config/file/load.ts';
import type { Env } from '../../config/paths.ts';
import { isAgent, isFake } from '../../config/provider-ids.ts';
import type { Rows } from '../../projections/reader.ts';
import { lostSteps } from '../../projections/sessions/lost.ts';
import { hasQueued, hasSessions, liveSessions, type SessionRow } from '../../projections/sessions/queries.ts';
import { knownUsage } from '../../projections/usage/queries.ts';
import type { Capacity, CapacityRow, CapacityWindow } from '../../usage/capacity/capacity.ts';
import { type CapacityInputs, capacityNow, currentCapacity } from '../../usage/capacity/current.ts';
import { isWaiting, stepsFor } from '../core/setup/next-steps.ts';
import type { Headroom, LiveWorker, Status, Step } from '../core/setup/status-schema.ts';
import { usageElsewhere } from './usage-elsewhere.ts';

/** What a status is built from: the config in force, and the environment in which to look for agents. */
export interface StatusPlace extends LoadedConfig {
  env: Env;
}

/** The current state. `capacity` is from `withoutTrend` or `current`, depending on the words printed with it. */
export function statusOf(rows: Rows, place: StatusPlace, capacity: Capacity, now: Date): Status {
  const live = liveSessions(rows).toReversed();
  const sorted = [...live.filter(isLeft), ...live.filter((session) => !isLeft(session))];
  const has_spawned = hasSessions(rows);
  const providers = Object.values(capacity.providers).map(headroom);
  return {
    checked_at: now.toISOString(),
    home: place.paths.home,
    initialized: place.exists,
    has_spawned,
    providers,
    workers: sorted.map(liveWorker),
    waiting: live.filter(isLeft).length,
    next: [
      ...lostSteps(rows),
      ...nextOf(sorted, { has_spawned, providers }),
      ...(hasQueued(rows) ? [{ what: 'see the queue', command: 'agentpool queue' }] : []),
    ],
  };
}

/** The capacity of the providers without trends, for figures alone. */
export const withoutTrend = (rows: Rows, place: StatusPlace, now: Date): Capacity =>
  capacityNow(rows, capacityInputs(rows, place, now));

/** The capacity of the providers with trends, for words: a trend takes more queries than a status line may cost. */
export const current = (rows: Rows, place: StatusPlace, now: Date): Capacity =>
  currentCapacity(rows, capacityInputs(rows, place, now));

function capacityInputs(rows: Rows, place: StatusPlace, now: Date): CapacityInputs {
  const detected = lastDetected(place);
  const sampled = knownUsage(rows).map(({ provider_id }) => provider_id);
  const ids = shownKeys(place.config, detected, sampled);
  return { config: place.config, ids, detected, now, elsewhere: usageElsewhere(rows, place.paths, now) };
}

/** Every account of the installed agents, and whatever else has reported its limits before (`sampled`). */
export function shownKeys(
  config: LoadedConfig['config'],
  detected: CapacityInputs['detected'],
  sampled: readonly string[],
): string[] {
  const isThere = (key: string): boolean => {
    const found = detected.find(({ id }) => id === key);
    // A command of the user's own has limits only if config.yaml says where they come from.
    return found && isAgent(providerOfKey(key)) ? found.installed : sampled.includes(key);
  };
  return accountKeys(config).filter((key) => !isFake(key) && isThere(key));
}

function headroom(row: CapacityRow): Headroom {
  const { provider_id, usable, unusable_reason, status, next_available_at, unlimited } = row;
  const { age_seconds, stale } = row;
  const plan = planWindows(row.windows);
  const left = (window: CapacityWindow): number => leftOf(window) ?? 101;
  const tightest = plan.filter((window) => leftOf(window) !== null).toSorted((a, b) => left(a) - left(b))[0];
  const passed = plan.filter(({ expired }) => expired);
  return {
    provider_id,
    usable,
    unusable_reason,
    status,
    next_available_at,
    unlimited,
    window: tightest?.name ?? null,
    remaining_percent: tightest ? leftOf(tightest) : null,
    reset_at: tightest ? tightest.reset_at : lastReset(passed),
    age_seconds,
    stale,
  };
}

const isLeft = ({ state, alive }: SessionRow): boolean => isWaiting({ state, alive: alive === 1 });

const liveWorker = (session: SessionRow): LiveWorker => ({
  session_id: session.id,
  provider_id: session.provider_id,
  state: session.state,
  waiting: isLeft(session),
  ...(session.state === 'PARKED' && session.parked
    ? { parked_until: (JSON.parse(session.parked) as { until: string | null }).until }
    : {}),
  role: session.role,
  task: session.task,
  coordinator_id: session.coordinator_id,
  repo_path: session.repo_path,
  created_at: session.created_at,
  updated_at: session.updated_at,
});

const SPAWN = 'agentpool spawn --provider fake-question --task "Look for the parser" --wait';

/** The commands to run next: for the worker that waits first, else for the first worker, then for what is unknown. */
function nextOf(
  live: readonly SessionRow[],
  { has_spawned, providers }: { has_spawned: boolean; providers: readonly Headroom[] },
): Step[] {
  const [first] = live;
  if (first) return stepsFor({ id: first.id, state: first.state, alive: true });
  const old = providers.length === 0 || providers.some(({ stale, status }) => stale || status === 'unknown');
  const refresh = { what: 'ask for the limits', command: 'agentpool usage-summary --refresh' };
  // Fakes are for the first steps; after them the caller chooses among real subscriptions.
  const isKnown = has_spawned && providers.length > 0;
  const start = isKnown
    ? { what: 'see who can be used', command: 'agentpool usage-summary' }
    : { what: has_spawned ? 'spawn a worker' : 'spawn a worker that costs nothing', command: SPAWN };
  return [
    ...(old ? [refresh] : []),
    ...(old && isKnown ? [] : [start]),
    ...(has_spawned ? [{ what: 'see earlier workers', command: 'agentpool sessions' }] : []),
  ];
}
