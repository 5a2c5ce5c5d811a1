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
  /** null: of all agents that record tokens. */
  providers: readonly string[] | null;
  /** A worker's id: only what its agent used. */
  worker: string | null;
}

/**
 * The tokens that agents recorded on this disk, from completely read logs; those of one worker from its start to its
 * end, unless a window is given.
 * @throws INVALID_WINDOW
 */
export async function reportTokens(
  app: AppContext,
  request: TokenRequest,
  onFile?: (done: number, all: number) => void,
): Promise<TokenReport> {
  const { ledger } = app;
  const now = new Date();
  const since = request.since ?? (request.worker === null ? undefined : 'all');
  const window = windowOf({ since }, now, 0, 'tokens');
  const opened = await openTokens(app, ALL_OF_IT, { onFile });
  const { index, logs, updated } = opened;
  try {
    const sessions =
      request.worker === null ? null : tokensOfWorker(ledger, opened, request.worker, now).sessions;
    const report = reportOf(index, {
      window,
      by: request.by,
      providers: request.providers ?? logs.map(({ provider_id }) => provider_id),
      sessions,
    });
    return {
      ...report,
      unreadable_logs: updated.unreadable,
      worker:
        request.worker === null
          ? null
          : { id: request.worker, agent_sessions: (sessions ?? []).map(({ session }) => session) },
    };
  } finally {
    index.close();
  }
}

interface Used {
  worker: WorkerPlace;
  sessions: SessionTokens[];
}

/** The tokens of each worker's agent between two moments, in milliseconds since 1970; omits workers without any. */
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

/** The tokens of one worker's agent from its start to its end, and the sessions of that agent. */
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

/** The same for `session show`: what is known without waiting for logs; null if nothing is. */
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

/** How long to read logs when tokens are not the main question, in milliseconds. */
export const AT_ONCE_MS = 300;
