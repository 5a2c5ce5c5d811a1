import { providerOfKey } from '../../config/accounts.ts';
import type { Rows } from '../../projections/reader.ts';
import { type WorkerPlace, workerPlaces } from '../../projections/sessions/queries.ts';
import { spawnTime } from '../../projections/stats/queries.ts';
import { ALL_OF_IT, type OpenTokens, readTokens } from '../../usage/tokens/logs.ts';
import type { KnownWorktree } from '../../usage/tokens/projects.ts';
import { type Group, lastAnswer, reportOf } from '../../usage/tokens/report.ts';
import { type SessionTokens, sessionsWithin } from '../../usage/tokens/sessions.ts';
import { NONE, plus, type Tokens } from '../../usage/tokens/sums.ts';
import type { TokenIndex } from '../../usage/tokens/token-index.ts';
import type { TokenReport, WorkerTokens } from '../../usage/tokens/tokens-schema.ts';
import type { AppContext } from '../core/context.ts';
import { type Window, windowOf } from './stats/window.ts';
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
  const window = wholeDays(windowOf({ since }, now, 0, 'tokens'));
  return readTokens(app, ALL_OF_IT, { onFile }, (opened) => {
    // Of a machine whose clock was ahead, too.
    if (since === 'all') window.end = Math.max(window.end, lastAnswer(opened.index) + 1);
    const sessions =
      request.worker === null ? null : tokensOfWorker(ledger, opened, request.worker, now).sessions;
    const report = reportOf(opened.index, {
      window,
      now: now.getTime(),
      by: request.by,
      providers: providersOf(opened.index, request.providers),
      sessions,
      worktrees: request.by === 'project' ? worktreesOf(ledger, now) : [],
    });
    return {
      ...report,
      unreadable_logs: opened.updated.unreadable,
      worker:
        request.worker === null
          ? null
          : { id: request.worker, agent_sessions: (sessions ?? []).map(({ session }) => session) },
    };
  });
}

/** With the accounts that config.yaml no longer has: what was counted stays counted. */
function providersOf(index: TokenIndex, asked: readonly string[] | null): string[] {
  const stored = index.providers();
  if (asked === null) return stored;
  return [...asked, ...stored.filter((key) => !asked.includes(key) && asked.includes(providerOfKey(key)))];
}

/** A window of days begins at a midnight: a first day from the present time of day on would look like a whole one. */
function wholeDays(window: Window): Window {
  if (!/^\d+[dw]$/.test(window.spec)) return window;
  return { ...window, start: new Date(window.start).setHours(0, 0, 0, 0) };
}

/** The worktrees of all workers, with their repositories. */
const worktreesOf = (rows: Rows, now: Date): KnownWorktree[] =>
  workerPlaces(rows, 0, now.getTime()).flatMap(({ worktree_path, repo_path }) =>
    worktree_path === null ? [] : [{ worktree: worktree_path, repository: repo_path }],
  );

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
  const known = (opened: OpenTokens) => {
    const { tokens, sessions } = tokensOfWorker(app.ledger, opened, id, new Date());
    if (sessions.length === 0) return null;
    return { ...tokens, agent_sessions: sessions.map(({ session }) => session) };
  };
  return readTokens<WorkerTokens | null>(app, AT_ONCE_MS, {}, known, () => null);
}

/** How long to read logs when tokens are not the main question, in milliseconds. */
export const AT_ONCE_MS = 300;
