import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRegenerated } from '../changes/regenerated.ts';
import { ignoredWork, isDirty, workStatus } from '../changes/work-status.ts';
import { git, gitText } from '../git/call.ts';
import { type GitPlace, type GitSettings, readSettings } from '../git/private-git.ts';
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
export const unsavedWork = (place: WorktreePlace, state: WorktreeState): Promise<UnsavedWork | null> =>
  searched(place, state, async (at, asked) => {
    const [status, ignored] = await Promise.all([workStatus(at, asked), ignoredIn(at, asked)]);
    return { changes: status.dirty || (await hasUnpushedSubmodule(at)), ignored };
  });

/** The same where one reason to keep it is enough: in one that has changes, ignored files are not looked for. */
export const firstUnsavedWork = (
  place: WorktreePlace,
  state: WorktreeState,
  known: { head?: string | null } = {},
): Promise<UnsavedWork | null> =>
  searched(place, state, async (at, asked) => {
    const changes = (await isDirty(at, { ...asked, ...known })) || (await hasUnpushedSubmodule(at));
    return { changes, ignored: changes ? [] : await ignoredIn(at, asked) };
  });

type Search = (at: GitPlace, asked: { settings: GitSettings; parent: string }) => Promise<UnsavedWork>;

async function searched(
  place: WorktreePlace,
  state: WorktreeState,
  search: Search,
): Promise<UnsavedWork | null> {
  // Files that git no longer recognises as a worktree: they cannot be checked.
  if (state === 'unknown') return { changes: true, ignored: [] };
  const [git_dir] = await entriesOf(place);
  // Without its index it looks like one that is being created, but a worker may have removed that.
  if (state === 'absent' || git_dir === undefined || !existsSync(join(git_dir, 'HEAD'))) return null;
  // A repository that the worker made in the place of the worktree may have commits of its own.
  if (lstatSync(join(place.path, '.git'), { throwIfNoEntry: false })?.isDirectory())
    return { changes: true, ignored: [] };
  try {
    const { settings } = await readSettings(git_dir);
    const at = { root: place.path, git_dir, common_dir: place.common_dir };
    // In the worktree's own git folder, which is removed with it.
    const found = await search(at, { settings, parent: git_dir });
    return found.changes || found.ignored.length > 0 ? found : null;
  } catch (error) {
    // Another cleanup was faster.
    if (existsSync(join(git_dir, 'HEAD'))) throw error;
    return null;
  }
}

const ignoredIn: (...given: Parameters<Search>) => Promise<string[]> = async (at, asked) => {
  const kept = (await ignoredWork(at, asked)).filter((name) => !isRegenerated(name));
  return kept.length > 0 ? changedSincePrepared(at, kept) : kept;
};

/**
 * A submodule that was cloned into a worktree is removed with it, including commits that the status reports as clean.
 */
async function hasUnpushedSubmodule({ git_dir: worktree }: GitPlace): Promise<boolean> {
  for (const git_dir of gitFoldersBelow(join(worktree, 'modules'))) {
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
