import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env, Paths } from '../../config/paths.ts';
import { claudeLog } from './claude-log.ts';
import { codexLog } from './codex-log.ts';
import { TokenIndex } from './token-index.ts';
import type { TokenLog } from './use.ts';

const LOGS: readonly TokenLog[] = [claudeLog, codexLog];

export const tokenProviders = LOGS.map(({ provider_id }) => provider_id);

export const GROUPS = ['day', 'model', 'project', 'session'] as const;
export type Group = (typeof GROUPS)[number];

/** Days are those of the calendar where the reader is. */
const COLUMNS: Record<Group, string> = {
  day: "date(at, 'localtime')",
  model: 'model',
  project: 'project',
  session: 'session',
};

export interface Tokens {
  answers: number;
  /** All that went in, what came from a cache and what was written to one included. */
  input: number;
  cache_read: number;
  cache_write: number;
  output: number;
  /** At list prices, in US dollars; a subscription does not bill them. Null where no answer has a price. */
  usd: number | null;
  /** Answers of models without a price: they are not in `usd`. */
  unpriced_answers: number;
}

export interface TokenRow extends Tokens {
  provider_id: string;
  /** The day, model, project or session; null where the log does not say. */
  group: string | null;
}

export interface TokenReport {
  by: Group;
  start: string;
  end: string;
  rows: TokenRow[];
  totals: Tokens;
  unpriced_models: string[];
}

export interface TokenWish {
  /** Milliseconds since 1970; the end does not belong to it. */
  window: { start: number; end: number };
  by: Group;
  providers: readonly string[] | null;
}

/** What the agents of this disk wrote of their tokens. Offline; only what is new since the last time is read. */
export function tokenReport({ paths, env }: { paths: Paths; env: Env }, wish: TokenWish): TokenReport {
  const index = new TokenIndex(join(paths.run, 'tokens.sqlite'));
  try {
    index.update(LOGS, { env, home: env.HOME || homedir() });
    return reportOf(index, wish);
  } finally {
    index.close();
  }
}

const SUMS = `count(*) AS answers, coalesce(sum(input), 0) AS input, coalesce(sum(cache_read), 0) AS cache_read,
  coalesce(sum(cache_write), 0) AS cache_write, coalesce(sum(output), 0) AS output, sum(usd) AS usd,
  count(*) FILTER (WHERE usd IS NULL) AS unpriced_answers`;

function reportOf({ connection }: TokenIndex, { window, by, providers }: TokenWish): TokenReport {
  const [start, end] = [window.start, window.end].map((at) => new Date(at).toISOString()) as [string, string];
  const wanted = JSON.stringify(providers ?? tokenProviders);
  const within = `FROM uses WHERE at >= ? AND at < ? AND provider_id IN (SELECT value FROM json_each(?))`;
  const all = <Row>(sql: string): Row[] => connection.prepare(sql).all(start, end, wanted) as Row[];
  const column = COLUMNS[by];
  const rows = all<TokenRow>(
    `SELECT provider_id, ${column} AS "group", ${SUMS} ${within} GROUP BY provider_id, ${column}
     ORDER BY ${by === 'day' ? '"group", provider_id' : 'input + output DESC'}`,
  );
  const unpriced = all<{ model: string }>(
    `SELECT DISTINCT model ${within} AND usd IS NULL AND model IS NOT NULL ORDER BY model`,
  );
  const [totals] = all<Tokens>(`SELECT ${SUMS} ${within}`);
  const none = {
    answers: 0,
    input: 0,
    cache_read: 0,
    cache_write: 0,
    output: 0,
    usd: null,
    unpriced_answers: 0,
  };
  return {
    by,
    start,
    end,
    rows,
    totals: totals ?? none,
    unpriced_models: unpriced.map(({ model }) => model),
  };
}
