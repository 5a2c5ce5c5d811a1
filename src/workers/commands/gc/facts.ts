import { existsSync } from 'node:fs';
import { AgentPoolError } from '../../../lib/errors.ts';
import { bytesBelow } from '../../../lib/files/size.ts';
import { firstNames } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { isResumable } from '../../../projections/sessions/json.ts';
import { chainOf } from '../../../projections/sessions/lineage.ts';
import { allEnded, countLive, type SessionRow } from '../../../projections/sessions/queries.ts';
import { type ArtifactPaths, artifactPaths } from '../../../workspace/artifacts.ts';
import type { Repository } from '../../../workspace/git/repository.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redactDeep } from '../../../workspace/redaction/redaction.ts';
import { entriesOf, removingOf, resolveEntryHead } from '../../../workspace/worktrees/remains.ts';
import type { Loss } from '../../../workspace/worktrees/removal.ts';
import { repositoryOf } from '../../../workspace/worktrees/worktrees.ts';
import type { AppContext } from '../../core/context.ts';
import { spawnRequest } from '../../core/requests/spawn-request.ts';
import { runningWorkers } from '../ending/orphans.ts';
import { type Blockade, cleanupStanding } from '../worktrees.ts';
import { isElsewhereToo, isFolder, isThere, unfinishedOf, unknownIn } from './files.ts';
import {
  type ArtifactFacts,
  type Hold,
  isDue,
  type RetentionLimits,
  type WorkerFacts,
  type WorktreeFacts,
} from './plan.ts';
import { isCollected, patchStanding } from './work.ts';

export interface Gathered {
  workers: WorkerFacts[];
  /** Workers that run or wait, and those that have ended too short a time ago. */
  active: number;
  recent: number;
}

/** The facts of all workers of this home that ended long enough ago for anything of them to go. Removes nothing. */
export async function gather(
  app: AppContext,
  limits: RetentionLimits,
  { now, parent, signal }: { now: number; parent: string; signal?: AbortSignal },
): Promise<Gathered> {
  // Before the ledger is read: a process that appears later belongs to a worker that the ledger calls alive.
  const running = await runningWorkers(app);
  const ended = allEnded(app.ledger);
  const due = ended.filter((session) =>
    Object.values(limits).some((limit) => isDue(endOf(session), limit, now)),
  );
  const workers: WorkerFacts[] = [];
  const repositories = new Repositories();
  for (const session of due) {
    if (signal?.aborted) break;
    workers.push(await factsOf(app, session, { running, limits, now, parent, repositories }));
  }
  return { workers, active: countLive(app.ledger), recent: ended.length - due.length };
}

const endOf = ({ gone_at }: SessionRow): number | null => (gone_at === null ? null : Date.parse(gone_at));

/** The repositories of the workers, each looked for once. */
class Repositories {
  readonly #known = new Map<string, Promise<Repository | null>>();

  /** Null for one that is gone. */
  of(folder: string): Promise<Repository | null> {
    const known = this.#known.get(folder);
    if (known) return known;
    const found = existsSync(folder) ? repositoryOf(folder).catch(() => null) : Promise.resolve(null);
    this.#known.set(folder, found);
    return found;
  }
}

interface Given {
  repositories: Repositories;
  running: ReadonlySet<string>;
  limits: RetentionLimits;
  now: number;
  parent: string;
}

async function factsOf(app: AppContext, session: SessionRow, given: Given): Promise<WorkerFacts> {
  const { id } = session;
  const paths = artifactPaths(app.paths.artifacts, id);
  const endedAt = endOf(session);
  const chain = chainOf(app.ledger, session);
  const newest = chain.at(-1)?.id ?? id;
  const hold = holdOf(app, session, { chain, running: given.running });
  // What is not asked for need not be measured.
  const isMeasured = (kind: keyof RetentionLimits) =>
    hold === null && isDue(endedAt, given.limits[kind], given.now);
  const isNewest = newest === id;
  const place = isNewest ? await worktreePlace(app, session, given.repositories) : null;
  const isLost = session.state === 'LOST' && isResumable(session);
  const worktree =
    place && (await worktreeFacts(app, session, { place, isMeasured: isMeasured('worktree') }));
  // Then the artifacts stay with it, whatever they are.
  const isKept = worktree !== null && (isLost || worktree.refusal !== null || !isMeasured('worktree'));
  return {
    id,
    endedAt,
    hold,
    isLost,
    newest: isNewest ? null : newest,
    worktree,
    recording: isThere(paths.recording)
      ? { path: paths.recording, bytes: isMeasured('recording') ? await bytesBelow(paths.recording) : 0 }
      : null,
    artifacts: isThere(paths.dir)
      ? await artifactFacts(app, session, {
          paths,
          entry: place?.entry ?? null,
          isMeasured: isMeasured('artifacts'),
          isDecided: isKept || !isNewest,
          parent: given.parent,
        })
      : null,
    unfinished: await unfinishedOf(paths),
  };
}

function holdOf(
  app: AppContext,
  session: SessionRow,
  { chain, running }: { chain: readonly SessionRow[]; running: ReadonlySet<string> },
): Hold | null {
  if (running.has(session.id)) return 'process_runs';
  if (chain.some(({ handing_pid }) => handing_pid !== null)) return 'handover';
  if (chain.some(({ alive, state }) => alive === 1 || state === 'QUEUED')) return 'chain_active';
  return isElsewhereToo(app.paths.artifacts, session.id, session.artifact_dir) ? 'other_home' : null;
}

interface WorktreeOnDisk {
  path: string;
  repository: Repository | null;
  /**
   * `missing`: git has an entry, but there is no folder: on a disk that is not there, it may come back. `gone`: neither,
   * and the ledger does not know it yet: its removal was cut short, or was not by AgentPool.
   */
  state: 'there' | 'missing' | 'gone' | 'no_repository';
  /** What git has of it below its repository's git folder. */
  entry: string | null;
}

/** The worktree that a worker has on the disk; null if it has none, or it is known to be gone. */
async function worktreePlace(
  app: AppContext,
  session: SessionRow,
  repositories: Repositories,
): Promise<WorktreeOnDisk | null> {
  const { worktree_path: path, worktree_branch: branch } = session;
  if (path === null || branch === null) return null;
  const isHere = isThere(path) || isThere(removingOf(path));
  const repository = await repositories.of(repoOf(app, session));
  const found = { path, repository, entry: null };
  if (!repository) return isHere ? { ...found, state: 'no_repository' } : null;
  const [entry = null] = await entriesOf({ path, branch, common_dir: repository.common_dir });
  if (isHere) return { ...found, state: 'there', entry };
  if (session.worktree_removed_at !== null) return null;
  return { ...found, state: entry === null ? 'gone' : 'missing' };
}

const repoOf = (app: AppContext, { id, repo_path }: SessionRow): string =>
  spawnRequest(app, id)?.worktree?.repo ?? repo_path;

async function worktreeFacts(
  app: AppContext,
  session: SessionRow,
  { place: { path, state, repository }, isMeasured }: { place: WorktreeOnDisk; isMeasured: boolean },
): Promise<WorktreeFacts> {
  const nothing = { path, bytes: 0, note: null };
  if (!isMeasured) return { ...nothing, refusal: null };
  if (state === 'missing') return { ...nothing, refusal: missing(session) };
  const bytes = (await bytesBelow(path)) + (await bytesBelow(removingOf(path)));
  if (repository === null) return { ...nothing, bytes, refusal: withoutRepository(path) };
  try {
    const { facts, blocked, countUnmerged } = await cleanupStanding(app, session, repository);
    if (blocked) return { ...nothing, bytes, refusal: refusalOf(session.id, facts, blocked) };
    const note = (await countUnmerged()) > 0 ? `branch ${session.worktree_branch} stays` : null;
    return { path, bytes, note, refusal: null };
  } catch (error) {
    return { ...nothing, bytes, refusal: failed(session.id, error) };
  }
}

/** A cleanup names the option that discards the work; gc does not. */
function refusalOf(
  id: string,
  { dirty, ignored }: Loss,
  { code, reason, example }: Blockade,
): WorktreeFacts['refusal'] {
  if (code === 'WORKTREE_ACTIVE') return { code: 'worktree_active', reason, next: example };
  const next = shell`agentpool worktrees cleanup ${id} --dry-run`;
  if (code === 'WORKTREE_LOCKED') return { code: 'worktree_locked', reason: 'git has locked it', next };
  if (dirty)
    return {
      code: 'worktree_dirty',
      reason: 'it has changes that are in no commit',
      next: shell`agentpool diff ${id}`,
    };
  const names = firstNames(redactDeep(ignored), 3);
  return {
    code: 'worktree_dirty',
    reason: `it has files that git ignores and no commit has: ${names}`,
    next,
  };
}

const missing = ({ id, worktree_path }: SessionRow): WorktreeFacts['refusal'] => ({
  code: 'worktree_missing',
  reason: `${worktree_path} is missing, and git still knows it: its disk may be somewhere else`,
  next: shell`agentpool worktrees cleanup ${id} --dry-run`,
});

const withoutRepository = (path: string): WorktreeFacts['refusal'] => ({
  code: 'repository_gone',
  reason: 'its repository is gone, so that what is saved cannot be known',
  next: shell`ls ${path}`,
});

const failed = (id: string, error: unknown): WorktreeFacts['refusal'] => ({
  code: 'not_removed',
  reason: `it could not be examined: ${redactedMessage(error)}`,
  next:
    error instanceof AgentPoolError && typeof error.details.example === 'string'
      ? error.details.example
      : shell`agentpool worktrees cleanup ${id} --dry-run`,
});

async function artifactFacts(
  app: AppContext,
  session: SessionRow,
  asked: {
    paths: ArtifactPaths;
    entry: string | null;
    isMeasured: boolean;
    /** Whether they stay or go with something else: the worktree, or the worker that has the work. */
    isDecided: boolean;
    parent: string;
  },
): Promise<ArtifactFacts> {
  const { paths, entry, isMeasured, isDecided, parent } = asked;
  const neverRan = session.pane_pid === null && session.run <= 1;
  const facts = { path: paths.dir, isFolder: isFolder(paths.dir), unknown: unknownIn(paths.dir), neverRan };
  // Nothing is decided from the rest.
  if (!isMeasured) return { ...facts, bytes: 0, isCollected: false, patch: 'nowhere' };
  const bytes = await bytesBelow(paths.dir);
  if (neverRan || isDecided) return { ...facts, bytes, isCollected: false, patch: 'nowhere' };
  const events = [...app.ledger.events({ stream: workerStream(session.id) })];
  const collected = isCollected(events);
  const head = collected && entry !== null ? await resolveEntryHead(entry) : null;
  const question = { session, repo: repoOf(app, session), file: paths.diff, events, head, parent };
  const patch = collected ? await patchStanding(question).catch(() => 'nowhere' as const) : 'nowhere';
  return { ...facts, bytes, isCollected: collected, patch };
}
