import type { Rows } from '../../projections/reader.ts';
import { type WorkerPlace, workerPlaces } from '../../projections/sessions/queries.ts';
import { spawnTime } from '../../projections/stats/queries.ts';
import { ALL_OF_IT, type OpenTokens, openTokens } from '../../usage/tokens/logs.ts';
import { type Group, reportOf } from '../../usage/tokens/report.ts';
import { type SessionTokens, sessionsWithin } from '../../usage/tokens/sessions.ts';
import { NONE, plus, type Tokens } from '../../usage/tokens/sums.ts';
import type { TokenReport, WorkerTokens } from '../../usage/tokens/tokens-schema.ts';
import type { AppContext } from '../core/context.ts';
import { windowOf } from './stats/window.ts';
import { SLACK_MS, tokenOwners } from './token-owners.ts';

export interface TokenRequest {
  since?: string | undefined;
  by: Group;
  /** null: of all that write tokens down. */
  providers: readonly string[] | null;
  /** A worker's id: only what its agent used. */
  worker: string | null;
}

/**
 * What the agents of this disk wrote of their tokens, read to its end; of one worker in all its life, unless a window
 * is named.
 * @throws INVALID_WINDOW
 */
export async function reportTokens(
  app: AppContext,
  asked: TokenRequest,
  onFile?: (done: number, all: number) => void,
): Promise<TokenReport> {
  const { ledger } = app;
  const now = new Date();
  const since = asked.since ?? (asked.worker === null ? undefined : 'all');
  const window = windowOf({ since }, now, 0, 'tokens');
  const opened = await openTokens(app, ALL_OF_IT, { onFile });
  const { index, logs, updated } = opened;
  try {
    const sessions =
      asked.worker === null ? null : tokensOfWorker(ledger, opened, asked.worker, now).sessions;
    const report = reportOf(index, {
      window,
      by: asked.by,
      providers: asked.providers ?? logs.map(({ provider_id }) => provider_id),
      sessions,
    });
    return {
      ...report,
      unreadable_logs: updated.unreadable,
      worker:
        asked.worker === null
          ? null
          : { id: asked.worker, agent_sessions: (sessions ?? []).map(({ session }) => session) },
    };
  } finally {
    index.close();
  }
}

interface Used {
  worker: WorkerPlace;
  sessions: SessionTokens[];
}

/** What each worker's agent used between two moments, milliseconds since 1970. Workers of whom nothing is known are left out. */
export function workerTokens(
  rows: Rows,
  { index, logs }: Pick<OpenTokens, 'index' | 'logs'>,
  start: number,
  end: number,
): Used[] {
  const sessions = sessionsWithin(index, start, end);
  if (sessions.length === 0) return [];
  const workers = workerPlaces(rows, start - SLACK_MS, end);
  const owned = tokenOwners(workers, sessions, logs);
  return workers.flatMap((worker) => {
    const its = owned.get(worker.id);
    return its ? [{ worker, sessions: its }] : [];
  });
}

/** What one worker's agent used in all its life, and the sessions of that agent. */
export function tokensOfWorker(
  rows: Rows,
  opened: OpenTokens,
  id: string,
  now: Date,
): { tokens: Tokens; sessions: SessionTokens[] } {
  const started = spawnTime(rows, id);
  const used = started === null ? [] : workerTokens(rows, opened, started, now.getTime());
  const sessions = used.find(({ worker }) => worker.id === id)?.sessions ?? [];
  return { tokens: sessions.reduce(plus, NONE), sessions };
}

/** The same for `session show`: what is known at once, without waiting for logs; null where nothing is. */
export async function tokensAtOnce(app: AppContext, id: string): Promise<WorkerTokens | null> {
  const opened = await openTokens(app, AT_ONCE_MS).catch(() => null);
  if (!opened) return null;
  try {
    const { tokens, sessions } = tokensOfWorker(app.ledger, opened, id, new Date());
    if (sessions.length === 0) return null;
    return { ...tokens, agent_sessions: sessions.map(({ session }) => session) };
  } finally {
    opened.index.close();
  }
}

/** Milliseconds for which logs are read where tokens are not the question. */
export const AT_ONCE_MS = 300;
