import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { whenIn } from '../../lib/time/when.ts';
import { queuedSessions } from '../../projections/sessions/queries.ts';
import { artifactPaths } from '../../workspace/artifacts.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { checkRequest } from '../commands/spawning/checked.ts';
import type { SpawnOptions } from '../commands/spawning/options.ts';
import { askedFor } from '../commands/spawning/request-command.ts';
import { spawnWorker } from '../commands/spawning/spawn.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { forgetRequest, keepRequest } from '../core/requests/queued-requests.ts';
import { isByLimit } from '../core/requests/refused-spawns.ts';
import { ensureWatcher } from '../core/watcher/watcher-process.ts';
import type { Obstacle } from './decide.ts';
import { decisionNow, limitFrom, placeOf } from './situation.ts';

export interface QueueTimes {
  notBefore: Date | null;
  /** Then the request is dropped. */
  expiresAt: Date | null;
}

interface TimeWords {
  provider: string;
  notBefore: string | null;
  deadline: string | null;
}

/** The times of a request in words: `18:00`, `2026-03-04T18:00`, `+2h`. @throws INVALID_REQUEST */
export function queueTimes({ provider, notBefore, deadline }: TimeWords, now: Date): QueueTimes {
  const time = (name: string, words: string | null): Date | null => {
    const when = words === null ? null : whenIn(words, now);
    if (when || words === null) return when;
    const message = `${name} ${JSON.stringify(words)} is no time. Write 18:00, 2026-03-04T18:00 or +2h.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      example: shell`agentpool spawn --queue --provider ${provider} --not-before 18:00 --deadline +12h --task "Look for the parser"`,
    });
  };
  return { notBefore: time('The start', notBefore), expiresAt: time('The deadline', deadline) };
}

interface Given {
  /** Called in the transaction of the intent, or of the request: throws if no worker may be requested any more. */
  isWanted?: () => void;
}

type Checked = Awaited<ReturnType<typeof checkRequest>>;

/**
 * Spawns a worker, or puts the request into the queue if a limit, the number of workers, a lease or its time is in the
 * way; the watcher starts it when it can. Returns the id of its session.
 * @throws what `spawnWorker` throws for every other reason.
 */
export async function spawnOrQueue(
  app: AppContext,
  options: SpawnOptions,
  times: QueueTimes,
  { isWanted }: Given = {},
): Promise<string> {
  assertTimes(app, options, times);
  const request = await checkRequest(app, options);
  const obstacle = obstacleNow(app, request, times);
  if (obstacle) return queue(app, request, { times, obstacle, isWanted });
  try {
    return await spawnWorker(app, options, { ...(isWanted && { isWanted }) });
  } catch (error) {
    const met = obstacleFrom(error);
    if (!met) throw error;
    return queue(app, request, { times, obstacle: met, isWanted });
  }
}

/** Those who wait already are before it: a place that has just become free is theirs. */
function obstacleNow(
  app: AppContext,
  request: Checked,
  { notBefore, expiresAt }: QueueTimes,
): Obstacle | null {
  const waiting = {
    id: 'new',
    key: request.key,
    coordinator: app.coordinator,
    rank: Number.MAX_SAFE_INTEGER,
    notBefore: notBefore?.getTime() ?? null,
    expiresAt: expiresAt?.getTime() ?? null,
  };
  const decision = decisionNow(app, { newcomer: { waiting, options: request } });
  return decision.waiting.find(({ id }) => id === waiting.id)?.obstacle ?? null;
}

/** What was met between the check and the start; null for what no waiting ends. */
function obstacleFrom(error: unknown): Obstacle | null {
  if (!(error instanceof AgentPoolError)) return null;
  if (isByLimit(error)) return limitFrom(error);
  const isFull = error.details.policy === 'max_parallel_sessions';
  return isFull ? { why: 'parallel', reason: error.message, until: null } : null;
}

interface Entry {
  times: QueueTimes;
  obstacle: Obstacle;
  isWanted: (() => void) | undefined;
}

async function queue(app: AppContext, request: Checked, entry: Entry): Promise<string> {
  if (!app.config.watcher.enabled) throw nobodyStarts(entry.obstacle);
  const { key: _, harness, metadata = {}, ...options } = request;
  const id = app.given().newId();
  await keepRequest(app, id, { ...options, metadata });
  try {
    append(app, id, request, { harness, ...entry });
  } catch (error) {
    forgetRequest(app, id);
    throw error;
  }
  ensureWatcher(app);
  return id;
}

function append(app: AppContext, id: string, request: Checked, entry: Entry & { harness: string }): void {
  const { times, obstacle, isWanted, harness } = entry;
  const artifacts = artifactPaths(app.paths.artifacts, id);
  app.ledger.store.transaction(() => {
    isWanted?.();
    record(
      app,
      id,
      {
        kind: 'queue',
        provider_id: request.provider,
        harness,
        ...askedFor(request),
        repo_path: request.repo,
        artifact_dir: artifacts.dir,
        transcript_path: artifacts.transcript,
        coordinator_id: app.coordinator,
        rank: lastRank(app) + 1,
        not_before: times.notBefore?.toISOString() ?? null,
        expires_at: times.expiresAt?.toISOString() ?? null,
        why: obstacle.why,
        reason: redact(obstacle.reason),
      },
      request.metadata,
    );
  });
}

const lastRank = ({ ledger }: AppContext): number =>
  queuedSessions(ledger).reduce((last, session) => Math.max(last, placeOf(session).rank), 0);

function assertTimes(
  app: AppContext,
  { provider }: SpawnOptions,
  { notBefore, expiresAt }: QueueTimes,
): void {
  const { now } = app.given();
  const example = shell`agentpool spawn --queue --provider ${provider} --deadline +8h --task "Look for the parser"`;
  if (expiresAt && expiresAt <= now)
    throw new AgentPoolError('INVALID_REQUEST', `The deadline ${expiresAt.toISOString()} has passed.`, {
      example,
    });
  if (expiresAt && notBefore && notBefore >= expiresAt)
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `The deadline ${expiresAt.toISOString()} is not after ${notBefore.toISOString()}, before which the worker must not start.`,
      { example },
    );
}

const nobodyStarts = ({ reason }: Obstacle) =>
  new AgentPoolError(
    'INVALID_REQUEST',
    `It cannot start now (${reason}), and watcher.enabled is false in config.yaml: nothing would start it later. Enable the watcher, or spawn without --queue.`,
    { example: 'agentpool watcher status' },
  );
