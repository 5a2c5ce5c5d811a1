import type { Day } from './parallelism.ts';

export const sections = [
  'sessions',
  'parallelism',
  'walls',
  'quota',
  'utilization',
  'tokens',
  'days',
] as const;
export type Section = (typeof sections)[number];

/** Something that the figures do not show, or not surely. */
export interface Quality {
  code: string;
  /** Which figures it is about. */
  impact: string;
  note: string;
  providers: string[];
}

/** Percent left of the limit that had the least left within the window. */
export interface Quota {
  /** The name of that limit; null where nothing was sampled. */
  limit: string | null;
  samples: number;
  min_in_window: number | null;
  max_in_window: number | null;
  current_remaining_percent: number | null;
}

/** Tokens of workers; null where nobody wrote any down. */
export interface TokenFigures {
  /** All that went in, what came from a cache included. */
  input: number | null;
  cache_read: number | null;
  output: number | null;
  /** At list prices, in US dollars. */
  usd: number | null;
}

export type Counts = Record<string, number>;

/** What `agentpool stats --json` prints. Hours and shares are rounded; times are ISO 8601, UTC. */
export interface Stats {
  schema_version: 'stats/v1';
  generated_at: string;
  source: 'ledger';
  scope: 'mine' | 'all';
  filters: { provider_id: string | null };
  window: { spec: string; label: string; start: string; end: string; time_zone: string };
  sessions?: {
    total: number;
    spawned: number;
    terminated: number;
    interrupted: number;
    timed_out: number;
    by_provider: Counts;
    by_role: Counts;
    by_state: Counts;
  };
  parallelism?: {
    wall_clock_hours: number;
    sum_worker_hours: number;
    ratio: number;
    peak_concurrent: number;
    peak_at: string | null;
  };
  walls?: {
    definition: string;
    confidence: 'recorded' | 'partial' | 'none';
    hit: number;
    avoided: number;
    by_provider: Record<string, { hit: number; avoided: number }>;
  };
  quota?: Record<string, Quota>;
  utilization?: {
    method: string;
    subscription_utilization: number;
    by_provider: Record<string, { worker_hours: number; busy_share: number; peak_concurrent: number }>;
  };
  tokens?: {
    totals: TokenFigures;
    by_provider: Record<string, TokenFigures>;
    providers_without_token_data: string[];
  };
  days?: Day[];
  data_quality: Quality[];
  suggested_next: string[];
}
