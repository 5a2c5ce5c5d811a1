import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRegenerated } from '../changes/regenerated.ts';
import { ignoredWork, workStatus } from '../changes/work-status.ts';
import { git, gitText } from '../git/call.ts';
import { readSettings } from '../git/private-git.ts';
import { changedSincePrepared } from './prepared.ts';
import { entriesOf, type WorktreePlace, type WorktreeState } from './remains.ts';

/** What would go with a worktree's folder. */
export interface UnsavedWork {
  /** Changes that are in no commit, or commits of a submodule that are nowhere else. */
  changes: boolean;
  /** Files that a rule of git ignores, without what tools generate again. A folder ends in '/'. */
  ignored: string[];
}

/** The work in a worktree's folder that is in no commit, or in none that outlives it; null if there is none. */
export async function unsavedWork(place: WorktreePlace, state: WorktreeState): Promise<UnsavedWork | null> {
  // Files that git no longer recognises as a worktree: they cannot be checked.
  if (state === 'unknown') return { changes: true, ignored: [] };
  const [git_dir] = await entriesOf(place);
  // Without its index it looks like one that is being created, but a worker may have removed that.
  if (state === 'absent' || git_dir === undefined || !existsSync(join(git_dir, 'HEAD'))) return null;
  // A repository that the worker made in the place of the worktree may have commits of its own.
  if (lstatSync(join(place.path, '.git'), { throwIfNoEntry: false })?.isDirectory())
    return { changes: true, ignored: [] };
  try {
    return await workIn(place, git_dir);
  } catch (error) {
    // Another cleanup was faster.
    if (existsSync(join(git_dir, 'HEAD'))) throw error;
    return null;
  }
}

async function workIn(place: WorktreePlace, git_dir: string): Promise<UnsavedWork | null> {
  const { settings } = await readSettings(git_dir);
  // The worktree's own git folder, which is removed with it.
  const asked = { settings, parent: git_dir };
  const at = { root: place.path, git_dir, common_dir: place.common_dir };
  const [status, found] = await Promise.all([workStatus(at, asked), ignoredWork(at, asked)]);
  const kept = found.filter((name) => !isRegenerated(name));
  const ignored = kept.length > 0 ? changedSincePrepared(at, kept) : kept;
  const changes = status.dirty || (await hasUnpushedSubmodule(join(git_dir, 'modules')));
  return changes || ignored.length > 0 ? { changes, ignored } : null;
}

/**
 * A submodule that was cloned into a worktree is removed with it, including commits that the status reports as clean.
 */
async function hasUnpushedSubmodule(modules: string): Promise<boolean> {
  for (const git_dir of gitFoldersBelow(modules)) {
    const unpushed = ['rev-list', '--max-count=1', 'HEAD', '--branches', '--not', '--remotes'];
    const found = await git(git_dir, ['--git-dir', git_dir, ...unpushed], { accept: [0, 128] });
    if (found.code !== 0 || found.stdout.length > 0) return true;
  }
  return false;
}

/** The git folders of submodules, whose names may have slashes and which may have submodules of their own. */
function gitFoldersBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(folder, entry.name);
    return existsSync(join(path, 'HEAD'))
      ? [path, ...gitFoldersBelow(join(path, 'modules'))]
      : gitFoldersBelow(path);
  });
}

/**
 * Commits made on a detached HEAD disappear with the worktree's own reflog: they get a branch first. Returns its name.
 */
export async function rescueLooseCommits(place: WorktreePlace): Promise<string | null> {
  const [git_dir] = await entriesOf(place);
  if (git_dir === undefined) return null;
  const named = ['--git-dir', git_dir];
  const elsewhere = ['HEAD', '--not', '--branches', '--tags', '--remotes'];
  // A worktree whose creation was interrupted has no commit yet.
  const loose = await git(git_dir, [...named, 'rev-list', '--max-count=1', ...elsewhere], {
    accept: [0, 128],
  });
  if (loose.code !== 0 || loose.stdout.length === 0) return null;
  const branch = `${place.branch}-detached`;
  await git(git_dir, [...named, 'update-ref', `refs/heads/${branch}`, 'HEAD']);
  return branch;
}

/** How many commits of these tips are on no other branch, tag or remote. */
export async function countUnmerged(place: WorktreePlace, tips: readonly string[]): Promise<number> {
  if (tips.length === 0) return 0;
  const others = [`--exclude=${place.branch}`, '--branches', '--tags', '--remotes'];
  return Number(await gitText(place.common_dir, ['rev-list', '--count', ...tips, '--not', ...others]));
}
