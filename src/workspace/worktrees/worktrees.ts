import { accessSync, constants, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { makePrivateFolder, storing } from '../../lib/files/private-files.ts';
import { flag, noted, nullable, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { git } from '../git/call.ts';
import {
  findBareRepository,
  findRepository,
  headCommit,
  type Repository,
  resolveRevision,
} from '../git/repository.ts';
import { canonical } from '../leased-path.ts';
import { type Checkout, checkOut } from './checkout.ts';
import { beginPreparing, leavePreparing } from './prepared.ts';
import {
  entriesOf,
  eraseWorktree,
  registeredWorktrees,
  releaseBranch,
  retryDuringCreation,
  type WorktreePlace,
  worktreeState,
} from './remains.ts';
import { fillSubmodules } from './submodules.ts';
import { firstUnsavedWork } from './unsaved-work.ts';

/**
 * The folder of the worktrees of all sessions: beside the repository, below AGENTPOOL_HOME where that is not possible, or
 * where the config says.
 */
export const WORKTREES_FOLDER = '.agentpool-worktrees';

/** Everything known before anything is created, so that it can be undone whichever process dies in between. */
export interface WorktreePlan extends WorktreePlace {
  /** The working tree that it is created from; git copies its sparse checkout. */
  repo: string;
  /** The commit it starts at. */
  base: string;
}

/** Where worktrees go when they are not to be beside the repository, or cannot. */
export interface WorktreeFolders {
  /** A folder of AgentPool's own. */
  home: string;
  /** The folder that the user's config names for all of them. */
  root: string | null;
}

export const WorktreeEntry = Type.Object({
  path: text,
  branch: noted(nullable(text), 'Null when the worker left its branch for a detached commit.'),
  head: text,
  dirty: noted(flag, 'It has changes that are in no commit, or files that a rule of git ignores.'),
  missing: noted(flag, 'Git has an entry for it, but its folder is gone.'),
  session_id: text,
});
export type WorktreeEntry = Static<typeof WorktreeEntry>;

/**
 * Plans the worktree of a session. Creates nothing. Throws NOT_A_REPOSITORY, WORKTREE_NEEDS_COMMIT, WORKTREE_INVALID
 * (an id that cannot name a branch).
 */
export async function planWorktree(
  request: { repo: string; provider: string; sessionId: string } & WorktreeFolders,
): Promise<WorktreePlan> {
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
  const folder = await folderFor(repository, request);
  return {
    repo: repository.root,
    common_dir: repository.common_dir,
    path: join(folder, prefixOf(repository) + short),
    branch: await freeBranch(repository, namePart(request.provider), short),
    base,
  };
}

/** `agentpool/PROVIDER/ID`; with hyphens where a branch has the name of a part of it, which git refuses. */
async function freeBranch({ common_dir }: Repository, provider: string, short: string): Promise<string> {
  const taken = await Promise.all(
    ['agentpool', `agentpool/${provider}`].map((name) => resolveRevision(common_dir, `refs/heads/${name}`)),
  );
  return ['agentpool', provider, short].join(taken.every((commit) => commit === null) ? '/' : '-');
}

/**
 * Creates a planned worktree. No hook and no filter of the repository runs; the warnings name them. When it fails,
 * nothing of it is left. Throws WORKTREE_EXISTS, GIT_FAILED, STORAGE_*.
 */
export async function createWorktree(plan: WorktreePlan): Promise<Checkout> {
  return retryDuringCreation(async () => {
    await claimFolder(plan.path);
    try {
      await git(plan.repo, worktreeAdd(plan));
      const [git_dir = ''] = await entriesOf(plan);
      const checkout = await checkOut({ root: plan.path, git_dir, common_dir: plan.common_dir }, plan.base);
      return await withSubmodules(plan.repo, checkout);
    } catch (failure) {
      // No worker has run here yet: what an interrupted checkout left is not worth keeping.
      await eraseWorktree(plan);
      await releaseBranch(plan, plan.base);
      throw failure;
    }
  });
}

async function withSubmodules(repo: string, checkout: Checkout): Promise<Checkout> {
  if (checkout.submodules.length === 0) return checkout;
  const { git_dir } = checkout.place;
  await beginPreparing(git_dir);
  // A linked work tree often has none of its own.
  const { main } = await repositoryOf(repo);
  const warnings = [...checkout.warnings, ...(await fillSubmodules([repo, main], checkout))];
  await leavePreparing(git_dir);
  return { ...checkout, warnings };
}

/** The git arguments that create a planned worktree without its files. */
export function worktreeAdd({ branch, path, base }: WorktreePlan): string[] {
  return ['worktree', 'add', '--quiet', '--no-checkout', '-b', branch, path, base];
}

/** The session worktrees of this repository, wherever they were made, and whatever branch their workers are on now. */
export async function listWorktrees(repo: string): Promise<WorktreeEntry[]> {
  const repository = await repositoryOf(repo);
  const prefix = prefixOf(repository);
  const entries = (await registeredWorktrees(repository.common_dir)).filter(
    ({ path }) => basename(dirname(path)) === WORKTREES_FOLDER && basename(path).startsWith(prefix),
  );
  return Promise.all(
    entries.map(async ({ path, branch, head }) => {
      const place = { path, branch: branch ?? '', common_dir: repository.common_dir };
      const state = await worktreeState(place);
      return {
        path,
        branch,
        head,
        dirty: state !== 'creating' && (await firstUnsavedWork(place, state)) !== null,
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
  const repository = (await findRepository(path)) ?? (await findBareRepository(path));
  if (repository) return repository;
  const example = shell`git -C ${path} init`;
  const message = `${path} is not in a git repository, and a worktree needs one. Type: ${example}`;
  throw new AgentPoolError('NOT_A_REPOSITORY', message, { path, example });
}

const prefixOf = ({ main }: Repository): string => `${basename(main)}-`;

/**
 * Beside the main working tree, also when the call came from a linked one: worktrees must not nest. A repository inside of
 * another one (a submodule, a clone in a checkout) has them beside the outermost, which would count them as its files.
 */
async function folderFor(repository: Repository, { home, root }: WorktreeFolders): Promise<string> {
  if (root !== null) return configuredFolder(repository, root);
  let outermost = repository.main;
  for (let above = await findRepository(dirname(outermost)); above && above.main !== outermost; ) {
    outermost = above.main;
    above = await findRepository(dirname(outermost));
  }
  const beside = join(dirname(outermost), WORKTREES_FOLDER);
  return [beside, join(home, WORKTREES_FOLDER)].find(isWritable) ?? beside;
}

/** The user's choice, whether it can be written or not: an error says more than a worktree that is somewhere else. */
function configuredFolder({ main }: Repository, named: string): string {
  // As git names it: a worktree is known by its path.
  const root = canonical(named);
  const below = relative(main, root);
  if (below !== '' && (below.startsWith('..') || isAbsolute(below))) return join(root, WORKTREES_FOLDER);
  const message = `workspace.worktree_root ${root} is inside of the repository ${main}, which would count the worktrees as its files. Name a folder outside of it.`;
  throw new AgentPoolError('WORKTREE_INVALID', message, {
    path: root,
    repo: main,
    example: 'agentpool config path',
  });
}

function isWritable(folder: string): boolean {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    accessSync(found ? folder : dirname(folder), constants.W_OK | constants.X_OK);
    return found?.isDirectory() ?? true;
  } catch {
    return false;
  }
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
