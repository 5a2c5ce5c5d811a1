import { existsSync } from 'node:fs';
import { git } from '../git/call.ts';
import { findBareRepository, findRepository, resolveRevision } from '../git/repository.ts';
import { checkOut } from './checkout.ts';
import { entriesOf, eraseWorktree, registeredWorktrees, retryDuringCreation } from './remains.ts';

export interface LostWorktree {
  /** A folder of the repository. */
  repo: string;
  path: string;
  branch: string;
}

/** Whether git still has the branch of a worktree whose folder is gone, and no other worktree has taken it. */
export async function canRestore({ repo, path, branch }: LostWorktree): Promise<boolean> {
  const repository = (await findRepository(repo)) ?? (await findBareRepository(repo));
  if (!repository) return false;
  if ((await resolveRevision(repository.common_dir, `refs/heads/${branch}`)) === null) return false;
  const others = await registeredWorktrees(repository.common_dir);
  return !others.some((each) => each.branch === branch && each.path !== path);
}

/**
 * Makes a worktree again from its branch, in its old place; returns what a plain checkout would have done and this did
 * not. What was in no commit is lost. No hook and no filter of the repository runs. Throws GIT_FAILED.
 */
export async function restoreWorktree({ repo, path, branch }: LostWorktree): Promise<string[]> {
  const repository = (await findRepository(repo)) ?? (await findBareRepository(repo));
  const commit = repository && (await resolveRevision(repository.common_dir, `refs/heads/${branch}`));
  if (!repository || !commit || existsSync(path)) throw new Error(`${path} cannot be made again`);
  const place = { path, branch, common_dir: repository.common_dir };
  return retryDuringCreation(async () => {
    // Git still has an entry for the folder that is gone, and refuses to make another one.
    await eraseWorktree(place);
    try {
      await git(repository.root, ['worktree', 'add', '--quiet', '--no-checkout', path, branch]);
      const [git_dir = ''] = await entriesOf(place);
      const checkout = await checkOut({ root: path, git_dir, common_dir: repository.common_dir }, commit);
      return checkout.warnings;
    } catch (failure) {
      await eraseWorktree(place);
      throw failure;
    }
  });
}
