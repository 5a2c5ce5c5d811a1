import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { makePrivateFolder, storing } from '../../lib/files/private-files.ts';
import { flag, noted, nullable, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { findRepository, git, headCommit, type Repository } from '../git.ts';
import {
  eraseWorktree,
  registeredWorktrees,
  releaseBranch,
  retryDuringCreation,
  type WorktreePlace,
  worktreeState,
} from './remains.ts';
import { holdsWork } from './unsaved-work.ts';

/** Beside the repository, with the worktrees of all its sessions. */
export const WORKTREES_FOLDER = '.agentpool-worktrees';

/** Everything known before anything is created, so that it can be undone whichever process dies in between. */
export interface WorktreePlan extends WorktreePlace {
  /** The working tree that it is created from; git copies its sparse checkout. */
  repo: string;
  /** The commit it starts at. */
  base: string;
}

export const WorktreeEntry = Type.Object({
  path: text,
  branch: noted(nullable(text), 'Null when the worker left its branch for a detached commit.'),
  head: text,
  dirty: noted(flag, 'It has changes that are in no commit.'),
  missing: noted(flag, 'Git has an entry for it, but its folder is gone.'),
  session_id: text,
});
export type WorktreeEntry = Static<typeof WorktreeEntry>;

/**
 * Plans the worktree of a session. Creates nothing. Throws NOT_A_REPOSITORY, WORKTREE_NEEDS_COMMIT, WORKTREE_INVALID
 * (an id that cannot name a branch).
 */
export async function planWorktree(request: {
  repo: string;
  provider: string;
  sessionId: string;
}): Promise<WorktreePlan> {
  const repository = await repositoryOf(request.repo);
  const base = await headCommit(repository.root);
  if (base === null) {
    const message = `${repository.root} has no commit yet, and a worktree starts from one.`;
    const example = shell`git -C ${repository.root} commit --allow-empty -m 'first commit'`;
    throw new AgentPoolError('WORKTREE_NEEDS_COMMIT', `${message} Type: ${example}`, {
      repo: repository.root,
      example,
    });
  }
  const short = shortId(request.sessionId);
  const { folder, prefix } = locationOf(repository);
  return {
    repo: repository.root,
    common_dir: repository.common_dir,
    path: join(folder, prefix + short),
    branch: `agentpool/${namePart(request.provider)}/${short}`,
    base,
  };
}

/**
 * Creates a planned worktree. When that fails, nothing of it is left. Throws WORKTREE_EXISTS, GIT_FAILED (with the
 * message of git or the post-checkout hook), STORAGE_*.
 */
export async function createWorktree(plan: WorktreePlan): Promise<void> {
  await retryDuringCreation(async () => {
    await claimFolder(plan.path);
    try {
      await git(plan.repo, worktreeAdd(plan));
    } catch (failure) {
      // No worker has run here yet: what a hook or an interrupted checkout left is not worth keeping.
      await eraseWorktree(plan);
      await releaseBranch(plan, plan.base);
      throw failure;
    }
  });
}

/** The git arguments that create a planned worktree. */
export function worktreeAdd(plan: WorktreePlan): string[] {
  return ['-c', 'checkout.workers=0', 'worktree', 'add', '--quiet', '-b', plan.branch, plan.path, plan.base];
}

/** The session worktrees beside this repository, whatever branch their workers are on now. */
export async function listWorktrees(repo: string): Promise<WorktreeEntry[]> {
  const repository = await repositoryOf(repo);
  const { folder, prefix } = locationOf(repository);
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

/** `ap_3f2a` -> `3f2a`: the part of a session id that names its folder and its branch. */
function shortId(sessionId: string): string {
  return namePart(sessionId.replace(/^ap_/, ''));
}

function namePart(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new AgentPoolError('WORKTREE_INVALID', `'${name}' cannot be part of a branch name.`, { name });
}

/** The repository that contains the path. Throws NOT_A_REPOSITORY. */
export async function repositoryOf(path: string): Promise<Repository> {
  const repository = await findRepository(path);
  if (repository) return repository;
  const example = shell`git -C ${path} init`;
  const message = `${path} is not in a git repository, and a worktree needs one. Type: ${example}`;
  throw new AgentPoolError('NOT_A_REPOSITORY', message, { path, example });
}

/** Beside the main working tree, also when the call came from a linked one: they must not nest. */
function locationOf(repository: Repository): { folder: string; prefix: string } {
  return {
    folder: join(dirname(repository.main), WORKTREES_FOLDER),
    prefix: `${basename(repository.main)}-`,
  };
}

/** Creates its folder (0700) before git does, so that a cleanup does not remove the shared folder above it. */
async function claimFolder(path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await makePrivateFolder(dirname(path));
    try {
      return await storing(path, () => mkdir(path, { mode: 0o700 }));
    } catch (cause) {
      const errno =
        cause instanceof AgentPoolError ? cause.details.errno : (cause as NodeJS.ErrnoException).code;
      if (errno === 'EEXIST') {
        const message = `${path} already exists. Remove it with: agentpool worktrees cleanup`;
        const details = { path, example: 'agentpool worktrees list' };
        throw new AgentPoolError('WORKTREE_EXISTS', message, details, { cause });
      }
      // The last worktree of another session was just removed, and the shared folder with it.
      if (errno !== 'ENOENT' || attempt === 5) throw cause;
    }
  }
}
