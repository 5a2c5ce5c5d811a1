import { existsSync } from 'node:fs';
import { git, gitText, isDirty } from '../git.ts';
import { type WorktreePlace, type WorktreeState, worktreeState } from './remains.ts';

/** Whether a worktree's folder has work that is in no commit, or in none that outlives it. */
export async function holdsWork(path: string, state: WorktreeState): Promise<boolean> {
  // Files that git no longer recognises as a worktree: they cannot be checked.
  if (state === 'unknown') return true;
  return state === 'complete' && ((await isDirty(path)) || (await hasUnpushedSubmodule(path)));
}

/**
 * A submodule that was cloned into a worktree is removed with it, including commits that the status reports as clean.
 */
async function hasUnpushedSubmodule(path: string): Promise<boolean> {
  const modules = await gitText(path, ['rev-parse', '--path-format=absolute', '--git-path', 'modules']);
  if (!existsSync(modules)) return false;
  const unpushed = 'git rev-list --max-count=1 HEAD --branches --not --remotes';
  return (
    (await gitText(path, ['submodule', '--quiet', 'foreach', '--quiet', '--recursive', unpushed])) !== ''
  );
}

/**
 * Commits made on a detached HEAD disappear with the worktree's own reflog: they get a branch first. Returns its name.
 */
export async function rescueLooseCommits(place: WorktreePlace): Promise<string | null> {
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

/** How many commits of these tips are on no other branch, tag or remote. */
export async function countUnmerged(place: WorktreePlace, tips: readonly string[]): Promise<number> {
  if (tips.length === 0) return 0;
  const others = [`--exclude=${place.branch}`, '--branches', '--tags', '--remotes'];
  return Number(await gitText(place.common_dir, ['rev-list', '--count', ...tips, '--not', ...others]));
}
