import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../events/errors.ts';
import { flag, noted, nullable, text } from '../events/shapes.ts';
import {
  findRepository,
  git,
  gitText,
  headCommit,
  isDirty,
  type Repository,
  resolveRevision,
} from './git.ts';
import { makePrivateFolder, storing } from './private-files.ts';
import {
  amongMakers,
  type BranchFate,
  breakBranchLock,
  eraseWorktree,
  registeredWorktrees,
  releaseBranch,
  stopCreation,
  type WorktreePlace,
  type WorktreeState,
  worktreeState,
} from './worktree-remains.ts';

const FOLDER = '.agentpool-worktrees';

/** Everything that is known before anything is made, so that it can be undone whoever dies in between. */
export interface WorktreePlan extends WorktreePlace {
  /** The working tree that it is made from; git copies its sparse checkout. */
  repo: string;
  /** The commit it starts at. */
  base: string;
}

export const WorktreeEntry = Type.Object({
  path: text,
  branch: noted(nullable(text), 'Null when the worker left its branch for a bare commit.'),
  head: text,
  dirty: noted(flag, 'It holds changes that are in no commit.'),
  missing: noted(flag, 'Git knows of it, but its folder is gone.'),
  session_id: text,
});
export type WorktreeEntry = Static<typeof WorktreeEntry>;

export interface WorktreeRequest {
  path: string;
  branch: string;
  repo: string;
}

export interface CleanupFacts {
  exists: boolean;
  dirty: boolean;
  /** Commits of its branch and its HEAD that no other branch, tag or remote contains. */
  unmergedCommits: number;
  /** The reason of `git worktree lock`, null when it is not locked. */
  locked: string | null;
}

export const WorktreeRemoval = Type.Object({
  path: text,
  removed: noted(flag, 'False: there was nothing of it.'),
  branch: text,
  branch_kept: flag,
  rescued_branch: noted(nullable(text), 'Commits that were on no branch are kept under this new one.'),
  reason: text,
});
export type WorktreeRemoval = Static<typeof WorktreeRemoval>;

/**
 * Where the worktree of a session will be. Makes nothing.
 * Errors: NOT_A_REPOSITORY, WORKTREE_NEEDS_COMMIT, WORKTREE_INVALID (an id that cannot name a branch).
 */
export async function planWorktree(wish: {
  repo: string;
  provider: string;
  sessionId: string;
}): Promise<WorktreePlan> {
  const repository = await repositoryOf(wish.repo);
  const base = await headCommit(repository.root);
  if (base === null) {
    const message = `${repository.root} has no commit yet, and a worktree starts from one.`;
    const example = `git -C '${repository.root}' commit --allow-empty -m 'first commit'`;
    throw new AgentPoolError('WORKTREE_NEEDS_COMMIT', `${message} Type: ${example}`, {
      repo: repository.root,
      example,
    });
  }
  const short = shortId(wish.sessionId);
  const { folder, prefix } = home(repository);
  return {
    repo: repository.root,
    common_dir: repository.common_dir,
    path: join(folder, prefix + short),
    branch: `agentpool/${namePart(wish.provider)}/${short}`,
    base,
  };
}

/**
 * Makes what was planned. When that fails, nothing of it is left.
 * Errors: WORKTREE_EXISTS, GIT_FAILED (with git's or the post-checkout hook's words), STORAGE_*.
 */
export async function createWorktree(plan: WorktreePlan): Promise<void> {
  await amongMakers(async () => {
    await claimFolder(plan.path);
    try {
      await git(plan.repo, worktreeAdd(plan));
    } catch (failure) {
      // Nobody has worked here yet: what a hook or a half checkout left behind is not worth keeping.
      await eraseWorktree(plan);
      await releaseBranch(plan, plan.base);
      throw failure;
    }
  });
}

/** The git command that makes a planned worktree. */
export function worktreeAdd(plan: WorktreePlan): string[] {
  return ['-c', 'checkout.workers=0', 'worktree', 'add', '--quiet', '-b', plan.branch, plan.path, plan.base];
}

/** The worktrees beside this repository that sessions made, whatever branch their workers are on now. */
export async function listWorktrees(repo: string): Promise<WorktreeEntry[]> {
  const repository = await repositoryOf(repo);
  const { folder, prefix } = home(repository);
  const entries = (await registeredWorktrees(repository.common_dir)).filter(
    ({ path }) => dirname(path) === folder && basename(path).startsWith(prefix),
  );
  return Promise.all(
    entries.map(async ({ path, branch, head }) => {
      const state = await worktreeState({ path, branch: branch ?? '', common_dir: repository.common_dir });
      return {
        path,
        branch,
        head,
        dirty: await holdsWork(path, state),
        missing: state === 'absent',
        session_id: `ap_${basename(path).slice(prefix.length)}`,
      };
    }),
  );
}

/** What would be lost if this worktree were removed. */
export async function inspectCleanup(worktree: WorktreeRequest): Promise<CleanupFacts> {
  return inspect(await placeOf(worktree));
}

/**
 * Removes a worktree, and its branch unless that holds commits which are nowhere else. Safe to repeat.
 * Errors: WORKTREE_DIRTY and WORKTREE_LOCKED without force; WORKTREE_INVALID for a folder that is no worktree of a session.
 */
export async function removeWorktree(wish: WorktreeRequest & { force: boolean }): Promise<WorktreeRemoval> {
  const place = await placeOf(wish);
  const facts = await inspect(place);
  if (!wish.force) refuseLoss(place, facts);
  const rescued = await rescueLooseCommits(place);
  const removed = await eraseWorktree(place);
  const tip = await resolveRevision(place.common_dir, `refs/heads/${place.branch}`);
  const fate = tip === null ? null : await branchFate(place, tip);
  return {
    path: place.path,
    removed,
    branch: place.branch,
    branch_kept: fate?.kept ?? false,
    rescued_branch: rescued,
    reason: [removed ? null : 'there was no worktree', fate?.reason ?? 'its branch was gone already']
      .filter((part) => part !== null)
      .join('; '),
  };
}

/**
 * Clears what is left of a worktree whose maker was killed, at whatever moment: its git processes, folder,
 * registration, locks and branch. Safe to repeat. Work is never lost: a finished worktree with changes in it
 * stays as it is, and a branch that has moved from the base stays.
 */
export async function undoWorktree(plan: WorktreePlan): Promise<WorktreeRemoval> {
  await stopCreation(plan);
  const said = { path: plan.path, branch: plan.branch, rescued_branch: null };
  if (await holdsWork(plan.path, await worktreeState(plan))) {
    return { ...said, removed: false, branch_kept: true, reason: 'it holds changes that are in no commit' };
  }
  const rescued = await rescueLooseCommits(plan);
  const removed = await eraseWorktree(plan);
  await breakBranchLock(plan);
  const fate = await releaseBranch(plan, plan.base);
  return { ...said, rescued_branch: rescued, removed, branch_kept: fate.kept, reason: fate.reason };
}

/** `ap_3f2a` -> `3f2a`: the part of a session id that names its folder and its branch. */
function shortId(sessionId: string): string {
  return namePart(sessionId.replace(/^ap_/, ''));
}

function namePart(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new AgentPoolError('WORKTREE_INVALID', `'${name}' cannot be a part of a branch name.`, { name });
}

async function repositoryOf(path: string): Promise<Repository> {
  const repository = await findRepository(path);
  if (repository) return repository;
  const example = `git -C '${path}' init`;
  const message = `${path} is not in a git repository, and a worktree needs one. Type: ${example}`;
  throw new AgentPoolError('NOT_A_REPOSITORY', message, { path, example });
}

/** Beside the main working tree, also when the call came from a linked one: they must not nest. */
function home(repository: Repository): { folder: string; prefix: string } {
  return { folder: join(dirname(repository.main), FOLDER), prefix: `${basename(repository.main)}-` };
}

async function placeOf({ repo, path, branch }: WorktreeRequest): Promise<WorktreePlace> {
  const { common_dir } = await repositoryOf(repo);
  if (basename(dirname(path)) !== FOLDER || !branch.startsWith('agentpool/')) {
    const message = `${path} (${branch}) is not the worktree of a session: it is left alone.`;
    throw new AgentPoolError('WORKTREE_INVALID', message, {
      path,
      branch,
      example: 'agentpool worktrees list',
    });
  }
  return { path, branch, common_dir };
}

/** Its own folder, 0700. Being there before git is, it also keeps a cleanup from taking the folder above away. */
async function claimFolder(path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await makePrivateFolder(dirname(path));
    try {
      return await storing(path, () => mkdir(path, { mode: 0o700 }));
    } catch (cause) {
      const errno =
        cause instanceof AgentPoolError ? cause.details.errno : (cause as NodeJS.ErrnoException).code;
      if (errno === 'EEXIST') {
        const message = `${path} exists already. Remove it with: agentpool worktrees cleanup`;
        throw new AgentPoolError('WORKTREE_EXISTS', message, { path, example: 'agentpool worktrees list' });
      }
      // The last worktree of another session was just removed, and the shared folder with it.
      if (errno !== 'ENOENT' || attempt === 5) throw cause;
    }
  }
}

async function inspect(place: WorktreePlace): Promise<CleanupFacts> {
  const state = await worktreeState(place);
  const head = state === 'complete' ? await headCommit(place.path) : null;
  const tip = await resolveRevision(place.common_dir, `refs/heads/${place.branch}`);
  const tips = [head, tip].filter((commit) => commit !== null);
  return {
    exists: state !== 'absent',
    dirty: await holdsWork(place.path, state),
    unmergedCommits: await countUnmerged(place, tips),
    locked: state === 'complete' ? await lockReason(place) : null,
  };
}

async function holdsWork(path: string, state: WorktreeState): Promise<boolean> {
  // Files that git does not know as a worktree any more: nobody can say what is in them.
  if (state === 'unknown') return true;
  return state === 'complete' && ((await isDirty(path)) || (await hasUnpushedSubmodule(path)));
}

/** A submodule that was cloned into a worktree lives and dies with it, with commits that the status calls clean. */
async function hasUnpushedSubmodule(path: string): Promise<boolean> {
  const modules = await gitText(path, ['rev-parse', '--path-format=absolute', '--git-path', 'modules']);
  if (!existsSync(modules)) return false;
  const unpushed = 'git rev-list --max-count=1 HEAD --branches --not --remotes';
  return (
    (await gitText(path, ['submodule', '--quiet', 'foreach', '--quiet', '--recursive', unpushed])) !== ''
  );
}

async function lockReason(place: WorktreePlace): Promise<string | null> {
  const found = (await registeredWorktrees(place.common_dir)).find(({ path }) => path === place.path);
  return found?.locked ?? null;
}

function refuseLoss(place: WorktreePlace, facts: CleanupFacts): void {
  const details = { path: place.path, branch: place.branch };
  if (facts.dirty) {
    const example = `git -C '${place.path}' status`;
    const message = `${place.path} holds changes that are in no commit. Look: ${example}. Commit them, or use --force to lose them.`;
    throw new AgentPoolError('WORKTREE_DIRTY', message, { ...details, example });
  }
  if (facts.locked !== null) {
    const example = `git worktree unlock '${place.path}'`;
    const message = `${place.path} is locked (${facts.locked || 'no reason given'}). Type: ${example}, or use --force.`;
    throw new AgentPoolError('WORKTREE_LOCKED', message, { ...details, example });
  }
}

/** Commits made on a detached HEAD vanish with the worktree's own reflog: they get a branch first. */
async function rescueLooseCommits(place: WorktreePlace): Promise<string | null> {
  if ((await worktreeState(place)) !== 'complete') return null;
  const loose = await gitText(place.path, [
    'rev-list',
    '--max-count=1',
    'HEAD',
    '--not',
    '--branches',
    '--tags',
    '--remotes',
  ]);
  if (!loose) return null;
  const branch = `${place.branch}-detached`;
  await git(place.path, ['update-ref', `refs/heads/${branch}`, 'HEAD']);
  return branch;
}

async function countUnmerged(place: WorktreePlace, tips: readonly string[]): Promise<number> {
  if (tips.length === 0) return 0;
  const others = [`--exclude=${place.branch}`, '--branches', '--tags', '--remotes'];
  return Number(await gitText(place.common_dir, ['rev-list', '--count', ...tips, '--not', ...others]));
}

async function branchFate(place: WorktreePlace, tip: string): Promise<BranchFate> {
  const own = await countUnmerged(place, [tip]);
  if (own === 0) return releaseBranch(place, tip);
  const commits = own === 1 ? '1 commit that is' : `${own} commits that are`;
  return { kept: true, reason: `the branch holds ${commits} nowhere else` };
}
