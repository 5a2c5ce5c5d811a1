import Type, { type Static } from 'typebox';
import { count, flag, instant, keyed, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';
import { SeenMachine } from '../../../projections/seen-machine.ts';

const hours = Type.Number({ minimum: 0 });
const share = Type.Number({ minimum: 0 });

export const Counts = keyed(count);
export type Counts = Static<typeof Counts>;

export const Quality = Type.Object(
  {
    code: text,
    impact: noted(text, 'The figures that it is about.'),
    note: text,
    providers: list(text),
  },
  { title: 'Quality', description: 'Something that the figures lack, or that is uncertain.' },
);
export type Quality = Static<typeof Quality>;

export const Quota = Type.Object(
  {
    limit: noted(nullable(text), 'The name of that limit; null if nothing was sampled.'),
    samples: count,
    min_in_window: nullable(Type.Number()),
    max_in_window: nullable(Type.Number()),
    current_remaining_percent: nullable(Type.Number()),
  },
  {
    title: 'Quota',
    description: 'Percent left of the limit that had the least left in the window.',
  },
);
export type Quota = Static<typeof Quota>;

export const TokenFigures = Type.Object(
  {
    input: noted(nullable(count), 'All input, including what was read from a cache.'),
    cache_read: nullable(count),
    output: nullable(count),
    usd: noted(nullable(Type.Number()), 'At list prices, in US dollars.'),
  },
  { title: 'TokenFigures', description: 'Tokens of workers; null if no agent recorded any.' },
);
export type TokenFigures = Static<typeof TokenFigures>;

export const Day = Type.Object(
  {
    day: noted(text, 'As 2026-03-04.'),
    spawned: count,
    worker_hours: hours,
    peak_concurrent: count,
  },
  { title: 'Day', description: 'A calendar day in the time zone of the reader.' },
);
export type Day = Static<typeof Day>;

const SharedCard = Type.Object(
  {
    path: text,
    format: oneOf(['png', 'svg']),
    width: count,
    height: count,
    bytes: count,
  },
  { title: 'SharedCard', description: 'The picture that was drawn.' },
);
export type SharedCard = Static<typeof SharedCard>;

const figures = {
  schema_version: Type.Literal('stats/v1'),
  generated_at: instant,
  source: Type.Literal('ledger'),
  scope: oneOf(['mine', 'all']),
  all_machines: Type.Optional(noted(flag, 'True where the workers of every machine of the fleet count.')),
  machines: Type.Optional(noted(list(SeenMachine), 'Only with `all_machines`.')),
  filters: Type.Object({ provider_id: nullable(text) }),
  window: Type.Object({ spec: text, label: text, start: instant, end: instant, time_zone: text }),
  sessions: Type.Optional(
    Type.Object({
      total: count,
      spawned: count,
      terminated: count,
      interrupted: count,
      timed_out: count,
      went_on: noted(
        Type.Object({ continued: count, resumed: count, handed_over: count }),
        'Work that went on instead of stopping: after a limit, in another process, with another worker.',
      ),
      by_provider: Counts,
      by_role: Counts,
      by_state: Counts,
    }),
  ),
  parallelism: Type.Optional(
    Type.Object({
      wall_clock_hours: noted(hours, 'Hours in which at least one worker was at work.'),
      sum_worker_hours: noted(hours, 'The sum of the hours of all workers.'),
      ratio: share,
      peak_concurrent: count,
      peak_at: nullable(instant),
    }),
  ),
  walls: Type.Optional(
    Type.Object({
      definition: text,
      confidence: oneOf(['recorded', 'partial', 'none']),
      hit: count,
      continued: noted(count, 'How often work went on after a limit instead of stopping there.'),
      avoided: count,
      by_provider: keyed(Type.Object({ hit: count, avoided: count })),
    }),
  ),
  quota: Type.Optional(keyed(Quota)),
  utilization: Type.Optional(
    Type.Object({
      method: text,
      subscription_utilization: share,
      by_provider: keyed(Type.Object({ worker_hours: hours, busy_share: share, peak_concurrent: count })),
    }),
  ),
  tokens: Type.Optional(
    Type.Object({
      totals: TokenFigures,
      by_provider: keyed(TokenFigures),
      providers_without_token_data: list(text),
    }),
  ),
  days: Type.Optional(list(Day)),
  data_quality: list(Quality),
  suggested_next: list(text),
};

export const Stats = Type.Object(figures);
export type Stats = Static<typeof Stats>;

/** What the command prints: the figures, and the card if one was drawn. */
export const StatsReport = Type.Object(
  { ...figures, shared: Type.Optional(SharedCard) },
  {
    description:
      'What was done in a window of time. Hours and shares are rounded; only the requested sections are present.',
  },
);
export type StatsReport = Static<typeof StatsReport>;
