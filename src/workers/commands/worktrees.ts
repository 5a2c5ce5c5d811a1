import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, flag, list, noted, nullable, text } from '../../lib/shapes.ts';
import { firstNames } from '../../lib/text/counted.ts';
import { shell } from '../../lib/text/shell.ts';
import { isFinal } from '../../machines/worker/state.ts';
import { chainOf, newestOf } from '../../projections/sessions/lineage.ts';
import { type SessionRow, sessionById } from '../../projections/sessions/queries.ts';
import {
  type CleanupFacts,
  inspectCleanup,
  inspectLoss,
  type Loss,
  removeWorktree,
  WorktreeRemoval,
  type WorktreeRequest,
} from '../../workspace/worktrees/removal.ts';
import { listWorktrees, WorktreeEntry } from '../../workspace/worktrees/worktrees.ts';
import type { AppContext } from '../core/context.ts';
import { record } from '../core/record.ts';
import { repositoryFolder } from '../core/repository.ts';
import { spawnRequest } from '../core/requests/spawn-request.ts';
import { sessionNamed } from '../core/sessions/named-session.ts';
import { terminateWorker } from './ending/terminate.ts';

export const SessionWorktree = Type.Object(
  {
    ...WorktreeEntry.properties,
    active: noted(flag, 'Its worker is alive.'),
    provider_id: noted(nullable(text), 'Null for a session of another AGENTPOOL_HOME.'),
    state: nullable(WorkerState),
  },
  { title: 'SessionWorktree' },
);
export type SessionWorktree = Static<typeof SessionWorktree>;

export const WorktreeList = Type.Object({ repo_path: text, worktrees: list(SessionWorktree) });
export type WorktreeList = Static<typeof WorktreeList>;

/** The session worktrees beside a repository, with what the ledger knows of their workers. */
export async function sessionWorktrees(app: AppContext, repo: string): Promise<WorktreeList> {
  const repo_path = repositoryFolder(repo);
  const entries = await listWorktrees(repo_path);
  const worktrees = entries.map((entry) => {
    const first = sessionById(app.ledger, entry.session_id);
    const session = first && newestOf(app.ledger, first);
    return {
      ...entry,
      session_id: session?.id ?? entry.session_id,
      active: session?.alive === 1,
      provider_id: session?.provider_id ?? null,
      state: session?.state ?? null,
    };
  });
  return { repo_path, worktrees };
}

/** Why a worktree stays. */
export interface Blockade {
  code: 'WORKTREE_ACTIVE' | 'WORKTREE_DIRTY' | 'WORKTREE_LOCKED';
  reason: string;
  example: string;
}

type Occupant = Pick<SessionRow, 'id' | 'alive' | 'state'>;

/**
 * Whether a worktree may be removed: null, or the first reason against it. Force ends a worker whose work is done and
 * discards changes that are in no commit; a worktree of a worker at work stays in any case. Pure.
 */
export function blockade({ id, alive, state }: Occupant, facts: Loss, force: boolean): Blockade | null {
  const terminate = shell`agentpool terminate ${id}`;
  if (alive && !isFinal(state)) {
    return { code: 'WORKTREE_ACTIVE', reason: `its worker is alive (${state})`, example: terminate };
  }
  if (force) return null;
  if (alive) {
    const reason = `its worker is done (${state}), but its process still runs; --force ends it`;
    return { code: 'WORKTREE_ACTIVE', reason, example: terminate };
  }
  const example = shell`agentpool worktrees cleanup ${id} --force`;
  if (facts.dirty) {
    return {
      code: 'WORKTREE_DIRTY',
      reason: 'it has changes that are in no commit; --force discards them',
      example,
    };
  }
  if (facts.ignored.length > 0) {
    const reason = `it has files that git ignores and no commit has (${firstNames(facts.ignored, 5)}); --force discards them`;
    return { code: 'WORKTREE_DIRTY', reason, example };
  }
  if (facts.locked !== null) {
    const why = facts.locked || 'no reason given';
    return {
      code: 'WORKTREE_LOCKED',
      reason: `it is locked (${why}); --force removes it anyway`,
      example,
    };
  }
  return null;
}

/** A worktree belongs to the newest of a chain of handovers, and stays while an earlier one that was kept runs in it. */
function blockedByChain({ ledger }: AppContext, session: SessionRow): Blockade | null {
  const chain = chainOf(ledger, session);
  const newest = chain.at(-1) ?? session;
  if (newest.id !== session.id) {
    const reason = `the work was handed over, and the worktree belongs to ${newest.id} now`;
    return { code: 'WORKTREE_ACTIVE', reason, example: shell`agentpool worktrees cleanup ${newest.id}` };
  }
  const kept = chain.find(({ id, alive }) => id !== session.id && alive === 1);
  if (!kept) return null;
  const reason = `${kept.id}, whose work was handed over, still runs in it`;
  return { code: 'WORKTREE_ACTIVE', reason, example: shell`agentpool terminate ${kept.id}` };
}

export const CleanupPlan = Type.Object({
  dry_run: Type.Literal(true),
  session_id: text,
  path: text,
  branch: text,
  would_remove: flag,
  blocked: flag,
  reason: text,
  dirty: flag,
  ignored_files: noted(list(text), 'Files that git ignores and no commit has; they block it like changes.'),
  force: flag,
  unmerged_commits: noted(
    count,
    'Commits that are only on its branch: if there are any, the branch is kept.',
  ),
  would_keep_branch: flag,
});
export type CleanupPlan = Static<typeof CleanupPlan>;

/** What a worktree has, and why a cleanup without force would not remove it; null if it would. */
export async function cleanupStanding(
  app: AppContext,
  session: SessionRow,
  repository: { common_dir: string },
): Promise<{ facts: Loss; blocked: Blockade | null; countUnmerged: () => Promise<number> }> {
  const { common_dir } = repository;
  const { facts, countUnmerged } = await inspectLoss({ ...worktreeOf(app, session), common_dir });
  return { facts, blocked: blockedByChain(app, session) ?? blockade(session, facts, false), countUnmerged };
}

/** What a cleanup would do, and why it would not. */
export async function planCleanup(
  app: AppContext,
  session: SessionRow,
  force: boolean,
): Promise<CleanupPlan> {
  const request = worktreeOf(app, session);
  const { path, branch } = request;
  const facts = await inspectCleanup(request);
  const blocked = blockedByChain(app, session) ?? blockade(session, facts, force);
  const would_keep_branch = facts.unmergedCommits > 0;
  return {
    dry_run: true,
    session_id: session.id,
    path,
    branch,
    would_remove: !blocked && facts.exists,
    blocked: blocked !== null,
    reason: blocked?.reason ?? (facts.exists ? outlook(facts) : 'the worktree no longer exists'),
    dirty: facts.dirty,
    ignored_files: facts.ignored,
    force,
    unmerged_commits: facts.unmergedCommits,
    would_keep_branch,
  };
}

function outlook({ dirty, ignored, unmergedCommits }: CleanupFacts): string {
  const lost = [...(dirty ? ['its changes'] : []), ...(ignored.length > 0 ? [firstNames(ignored, 5)] : [])];
  const loss = lost.length > 0 ? `${lost.join(' and ')} would be lost` : 'nothing would be lost';
  if (unmergedCommits === 0) return loss;
  const commits = unmergedCommits === 1 ? '1 commit is' : `${unmergedCommits} commits are`;
  return `${loss}; the branch would be kept, because ${commits} nowhere else`;
}

export const Cleanup = Type.Object({
  ...WorktreeRemoval.properties,
  session_id: text,
  dirty: noted(flag, 'Whether it had changes that were in no commit.'),
  force: flag,
});
export type Cleanup = Static<typeof Cleanup>;

/**
 * Removes a session's worktree, and its branch unless that has commits which are nowhere else. A worktree that is
 * already gone is no error.
 * @throws WORKTREE_ACTIVE, WORKTREE_DIRTY, WORKTREE_LOCKED (see `blockade`); WORKTREE_NOT_FOUND if it has none.
 */
export async function cleanWorktree(
  app: AppContext,
  session: SessionRow,
  { force, by }: { force: boolean; by?: 'gc' },
): Promise<Cleanup> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cleanOnce(app, session, { force, ...(by ? { by } : {}) });
    } catch (error) {
      // Another cleanup may remove what git is reading: of three at once, two failed.
      const overtaken = error instanceof AgentPoolError && /^GIT_/.test(error.code);
      if (!overtaken || attempt === 5) throw error;
      await sleep(50 * attempt);
    }
  }
}

async function cleanOnce(
  app: AppContext,
  session: SessionRow,
  { force, by }: { force: boolean; by?: 'gc' },
): Promise<Cleanup> {
  const request = worktreeOf(app, session);
  const { facts } = await inspectLoss(request);
  const refusal = blockedByChain(app, session) ?? blockade(session, facts, force);
  if (refusal) throw refused(session, request, refusal);
  if (session.alive) await terminateWorker(app, session);
  const confirm = () => {
    // It may have been resumed since, and a large worktree takes long to examine.
    const current = sessionById(app.ledger, session.id);
    const resumed = current?.alive ? blockade(current, facts, force) : null;
    if (resumed) throw refused(session, request, resumed);
  };
  const removal = await removeWorktree({ ...request, force, confirm });
  recordRemoval(app, session.id, removal, { forced: force, ...(by ? { by } : {}) });
  return { session_id: session.id, dirty: facts.dirty, force, ...removal };
}

/** Recorded once, also after a cleanup that was killed between the removal and its record, and of several at once. */
function recordRemoval(
  app: AppContext,
  id: string,
  removal: WorktreeRemoval,
  how: { forced: boolean; by?: 'gc' },
): void {
  app.ledger.store.transaction(() => {
    if (sessionNamed(app, id).worktree_removed_at !== null) return;
    const { path, branch, branch_kept, head } = removal;
    for (const each of chainOf(app.ledger, sessionNamed(app, id)))
      record(app, each.id, { kind: 'remove_worktree', path, branch, branchKept: branch_kept, head, ...how });
  });
}

function worktreeOf(app: AppContext, session: SessionRow): WorktreeRequest {
  const { id, worktree_path: path, worktree_branch: branch, isolation } = session;
  if (path === null || branch === null) {
    const why =
      isolation === 'worktree' ? 'it could not be spawned' : `it was spawned with --isolation ${isolation}`;
    throw new AgentPoolError('WORKTREE_NOT_FOUND', `${id} has no worktree: ${why}.`, {
      session_id: id,
      isolation,
      example: 'agentpool worktrees list',
    });
  }
  // The root of its repository: the folder of the spawn need not exist on the branch that is checked out today.
  const repo = spawnRequest(app, id)?.worktree?.repo ?? session.repo_path;
  if (existsSync(repo)) return { path, branch, repo };
  const example = shell`rm -rf ${path}`;
  const message = `The repository ${repo} is gone. Delete what is left of the worktree by hand: ${example}`;
  throw new AgentPoolError('WORKTREE_NOT_FOUND', message, { session_id: id, path, repo, example });
}

function refused({ id }: SessionRow, { path, branch }: WorktreeRequest, { code, reason, example }: Blockade) {
  return new AgentPoolError(code, `${path} stays: ${reason}.`, {
    session_id: id,
    path,
    branch,
    reason,
    example,
  });
}
