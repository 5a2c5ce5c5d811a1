import { providerOfKey } from '../../../config/accounts.ts';
import { counted } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import type { Workers } from '../../../projections/stats/queries.ts';
import type { KnownUsage, LimitRange } from '../../../projections/usage/queries.ts';
import { type Day, type Swept, sweep, type TimeSpan } from './parallelism.ts';
import { type Counts, type Quality, type Quota, type Section, type Stats, sections } from './shape.ts';
import { type TokensUsed, tokenQuality, tokenSection } from './tokens.ts';
import type { Window } from './window.ts';

export { type Section, type Stats, sections } from './shape.ts';

export interface StatsGiven {
  now: Date;
  window: Window;
  /** When the first worker of the ledger was requested: earlier days are not listed. */
  first: number | null;
  /** The workers that were at work in the window. */
  workers: readonly Workers[];
  /** The recorded limits of each provider, and what was left of them in the window. */
  usage: readonly KnownUsage[];
  limits: ReadonlyMap<string, readonly LimitRange[]>;
  tokens: TokensUsed;
  scope: 'mine' | 'all';
  provider: string | null;
  timeZone: string;
  /** How many workers of fakes are left out. */
  fakes: number;
  /** The machines whose workers count; null where it is this one alone. */
  machines: readonly SeenMachine[] | null;
}

const DEFINITION =
  'hit: workers whose screen showed a reached limit. avoided: spawns whose first choice, a provider and its model, a limit had refused for the same task; by_provider counts them for the provider that refused.';

/** The statistics of a window. Pure: the same rows at the same moment give the same answer. */
export function statsOf(given: StatsGiven, wanted: ReadonlySet<Section>): Stats {
  const { now, window } = given;
  const facts = factsOf(given);
  const made: { [S in Section]: () => Stats[S] } = {
    sessions: () => sessionsOf(facts),
    parallelism: () => parallelismOf(facts),
    walls: () => providersAtLimit(facts),
    quota: () => quotaOf(facts),
    utilization: () => utilizationOf(facts),
    tokens: () => tokenSection(given.tokens, facts.providers),
    days: () => daysOf(facts),
  };
  const chosen = sections.filter((name) => wanted.has(name));
  return {
    schema_version: 'stats/v1',
    generated_at: now.toISOString(),
    source: 'ledger',
    scope: given.scope,
    ...(given.machines === null ? {} : { all_machines: true, machines: [...given.machines] }),
    filters: { provider_id: given.provider },
    window: {
      spec: window.spec,
      label: window.label,
      start: new Date(window.start).toISOString(),
      end: new Date(window.end).toISOString(),
      time_zone: given.timeZone,
    },
    ...Object.fromEntries(chosen.map((name) => [name, made[name]()])),
    data_quality: qualityOf(facts, wanted),
    suggested_next: nextOf(facts),
  };
}

interface Facts extends StatsGiven {
  /** The part of the window that has passed. */
  span: TimeSpan;
  swept: Swept;
  total: number;
  providers: string[];
}

function factsOf(given: StatsGiven): Facts {
  const { now, window, workers, first } = given;
  // Idle time does not include the time after now, nor the days before the first worker.
  const end = Math.min(window.end, now.getTime());
  // Agents that were never installed or never answered are no subscriptions.
  const subscribed = [...workers, ...given.usage.filter(({ good }) => good !== null)];
  return {
    ...given,
    span: { start: window.start, end },
    swept: sweep(
      workers.map(({ provider_id, starts, ends }) => ({ provider: provider_id, starts, ends })),
      { start: Math.max(window.start, first ?? end), end },
    ),
    total: sum(workers, 'count'),
    providers: [...new Set(subscribed.map(({ provider_id }) => provider_id))]
      .filter((id) => given.provider === null || [id, providerOfKey(id)].includes(given.provider))
      .sort(),
  };
}

function sessionsOf({ workers, total }: Facts): Stats['sessions'] {
  return {
    total,
    spawned: sum(workers, 'spawned'),
    terminated: sum(workers, 'terminated'),
    interrupted: sum(workers, 'interrupted'),
    timed_out: sum(workers, 'timed_out'),
    went_on: {
      continued: sum(workers, 'continued'),
      resumed: sum(workers, 'resumed'),
      handed_over: sum(workers, 'handed_over'),
    },
    by_provider: tally(workers, 'provider_id'),
    by_role: tally(workers, 'role'),
    by_state: tally(workers, 'state'),
  };
}

type Counted = Exclude<
  keyof Workers,
  'provider_id' | 'account' | 'role' | 'state' | 'walls' | 'starts' | 'ends'
>;

const sum = (workers: readonly Workers[], what: Counted) =>
  workers.reduce((all, group) => all + group[what], 0);

/** Counts, the most frequent first. */
function tally(workers: readonly Workers[], by: 'provider_id' | 'role' | 'state'): Counts {
  const counts: Counts = {};
  for (const { [by]: key, count } of workers) counts[key] = (counts[key] ?? 0) + count;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

function parallelismOf({ swept }: Facts): Stats['parallelism'] {
  const { wall_ms, sum_ms, peak, peak_at } = swept.all;
  return {
    wall_clock_hours: hours(wall_ms),
    sum_worker_hours: hours(sum_ms),
    ratio: wall_ms === 0 ? 0 : round(sum_ms / wall_ms, 2),
    peak_concurrent: peak,
    peak_at: peak_at === null ? null : new Date(peak_at).toISOString(),
  };
}

function providersAtLimit({ workers, providers }: Facts): Stats['walls'] {
  const by_provider: Record<string, { hit: number; avoided: number }> = Object.fromEntries(
    providers.map((id) => [id, { hit: 0, avoided: 0 }]),
  );
  const add = (id: string, what: 'hit' | 'avoided', count: number) => {
    const walls = by_provider[id] ?? { hit: 0, avoided: 0 };
    by_provider[id] = { ...walls, [what]: walls[what] + count };
  };
  let avoided = 0;
  for (const { walls, provider_id, spawned, hit_wall } of workers) {
    if (hit_wall > 0) add(provider_id, 'hit', hit_wall);
    for (const id of walls ?? []) add(id, 'avoided', spawned);
    if (walls && walls.length > 0) avoided += spawned;
  }
  const spawned = sum(workers, 'spawned');
  const recorded = spawned - sum(unrecorded(workers), 'spawned');
  return {
    definition: DEFINITION,
    confidence: recorded === 0 ? 'none' : recorded < spawned ? 'partial' : 'recorded',
    hit: sum(workers, 'hit_wall'),
    continued: sum(workers, 'continued'),
    avoided,
    by_provider,
  };
}

/** Workers whose spawn did not record its first choice. */
const unrecorded = (workers: readonly Workers[]) =>
  workers.filter(({ walls, spawned }) => walls === null && spawned > 0);

function quotaOf({ providers, limits, usage, now }: Facts): Stats['quota'] {
  return Object.fromEntries(
    providers.map((id): [string, Quota] => {
      const known = usage.find(({ provider_id }) => provider_id === id)?.good?.windows ?? [];
      const ofThePlan = (name: string) => known.find((limit) => limit.name === name)?.scope == null;
      const ranges = (limits.get(id) ?? []).filter(({ name }) => ofThePlan(name));
      const tightest = ranges.toSorted((a, b) => a.min - b.min)[0];
      const left = known
        .filter(
          ({ scope, reset_at }) => scope === null && !(reset_at && Date.parse(reset_at) <= now.getTime()),
        )
        .flatMap(({ remaining_percent }) => remaining_percent ?? []);
      return [
        id,
        {
          limit: tightest?.name ?? null,
          samples: tightest?.samples ?? 0,
          min_in_window: tightest ? round(tightest.min, 1) : null,
          max_in_window: tightest ? round(tightest.max, 1) : null,
          current_remaining_percent: left.length > 0 ? round(Math.min(...left), 1) : null,
        },
      ];
    }),
  );
}

function utilizationOf({ swept, span, providers }: Facts): Stats['utilization'] {
  const length = Math.max(1, span.end - span.start);
  const by_provider = Object.fromEntries(
    providers.map((id) => {
      const { wall_ms = 0, sum_ms = 0, peak = 0 } = swept.providers.get(id) ?? {};
      return [
        id,
        { worker_hours: hours(sum_ms), busy_share: round(wall_ms / length, 4), peak_concurrent: peak },
      ];
    }),
  );
  const shares = Object.values(by_provider).map(({ busy_share }) => busy_share);
  const mean = shares.reduce((all, share) => all + share, 0) / Math.max(1, shares.length);
  return {
    method: 'busy_share: the share of the window in which a provider had a worker, averaged over providers',
    subscription_utilization: round(mean, 4),
    by_provider,
  };
}

const daysOf = ({ swept }: Facts): Day[] =>
  swept.days.map((day) => ({ ...day, worker_hours: round(day.worker_hours, 2) }));

function qualityOf(
  { workers, total, providers, limits, tokens, fakes, machines }: Facts,
  wanted: ReadonlySet<Section>,
): Quality[] {
  const unsampled = providers.filter((id) => !limits.get(id)?.length);
  const blind = unrecorded(workers);
  const found: (Quality & { of: Section })[] = [];
  if (total === 0)
    found.push({
      of: 'sessions',
      code: 'no_sessions',
      impact: 'all figures',
      note: 'No worker was at work in this window.',
      providers: [],
    });
  if (machines !== null) found.push(...OF_THIS_MACHINE);
  if (fakes > 0)
    found.push({
      of: 'sessions',
      code: 'fakes_left_out',
      impact: 'all figures',
      note: `${counted(fakes, 'worker')} of fake agents left out: --include-fakes counts them.`,
      providers: [],
    });
  if (unsampled.length > 0)
    found.push({
      of: 'quota',
      code: 'no_usage_samples',
      impact: 'quota',
      note: 'No usage was sampled in this window: what was left of the limits is unknown.',
      providers: unsampled,
    });
  if (blind.length > 0)
    found.push({
      of: 'walls',
      code: 'no_capacity_at_spawn',
      impact: 'walls.avoided',
      note: `${sum(blind, 'spawned')} of the spawns have no recorded first choice: limits that they avoided are not counted.`,
      providers: [...new Set(blind.map(({ provider_id }) => provider_id))].sort(),
    });
  const worked = [...new Set(workers.map(({ provider_id }) => provider_id))].sort();
  found.push(...tokenQuality(tokens, worked).map((quality) => ({ of: 'tokens' as const, ...quality })));
  return found.filter(({ of }) => wanted.has(of)).map(({ of: _, ...quality }) => quality);
}

/** What of the figures of all machines is known of this one only. */
const OF_THIS_MACHINE: readonly (Quality & { of: Section })[] = [
  {
    of: 'quota',
    code: 'quota_of_this_machine',
    impact: 'quota',
    note: 'What was left of the limits is what this machine has sampled.',
    providers: [],
  },
  {
    of: 'tokens',
    code: 'tokens_of_this_machine',
    impact: 'tokens',
    note: 'Tokens are those of the workers of this machine: the logs of agents are not shared.',
    providers: [],
  },
];

function nextOf({ total, limits, window }: Facts): string[] {
  if (total === 0 && window.spec !== 'all') return ['agentpool stats --since all', 'agentpool usage-summary'];
  const steps = limits.size === 0 ? ['agentpool usage-summary'] : [];
  return [
    ...steps,
    'agentpool sessions --recent 10',
    shell`agentpool stats --since ${window.spec.includes('/') ? '7d' : window.spec} --share stats.png`,
  ];
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
const hours = (ms: number) => round(ms / 3_600_000, 4);
