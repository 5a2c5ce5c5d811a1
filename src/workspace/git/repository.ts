import { basename, dirname, resolve } from 'node:path';
import { git, gitError, gitText } from './call.ts';

export interface Repository {
  /** Top of the working tree that contains the path. */
  root: string;
  /** Top of the repository's main working tree; the repository's own folder when it is bare. */
  main: string;
  /** The git folder of `root`: for a linked worktree `<common_dir>/worktrees/<name>`. */
  git_dir: string;
  common_dir: string;
}

/**
 * The repository whose working tree contains the path, which may be a subfolder or a linked worktree; null outside of
 * any.
 */
export async function findRepository(path: string): Promise<Repository | null> {
  return (await located(path, []))?.repository ?? null;
}

/** The same with the commit that is checked out and its tree, by one process; null where there is no commit yet. */
export const findCheckout = (path: string): Promise<Checkout | null> =>
  located(path, ['--revs-only', 'HEAD', 'HEAD^{tree}']);

interface Checkout {
  repository: Repository;
  head: { commit: string; tree: string } | null;
}

async function located(path: string, revisions: readonly string[]): Promise<Checkout | null> {
  const answer = await revParse(path, '--show-toplevel', '--git-dir', '--git-common-dir', ...revisions);
  if (answer.code !== 0) {
    if (/not a git repository|must be run in a work tree/.test(answer.stderr)) return null;
    // For example a folder of another owner: 'no repository' would hide that.
    throw gitError(path, ['rev-parse', '--show-toplevel'], answer);
  }
  const [root = '', git_dir = '', common_dir = '', commit, tree] = answer.stdout.toString().split('\n');
  const main = git_dir === common_dir ? root : await mainOf(common_dir);
  const head = commit && tree ? { commit, tree } : null;
  return { repository: { root, main, git_dir, common_dir }, head };
}

/**
 * The repository that new worktrees of a path belong to: also a bare one, or one that a `.git` file in the folder points
 * to, which has no working tree of its own. `root` is then the git folder. null outside of any.
 */
export async function findBareRepository(path: string): Promise<Repository | null> {
  const answer = await revParse(path, '--is-bare-repository', '--git-common-dir');
  if (answer.code !== 0) return null;
  const [bare = '', common_dir = ''] = answer.stdout.toString().split('\n');
  if (bare !== 'true') return null;
  return { root: common_dir, main: common_dir, git_dir: common_dir, common_dir };
}

/** The git folder that all worktrees of a folder's repository share; null outside of any. */
export async function commonDirOf(path: string): Promise<string | null> {
  const answer = await revParse(path, '--git-common-dir').catch(() => null);
  return answer?.code === 0 ? answer.stdout.toString().trim() : null;
}

const revParse = (path: string, ...asked: string[]) =>
  git(path, ['rev-parse', '--path-format=absolute', ...asked], { accept: [0, 128] });

async function mainOf(commonDir: string): Promise<string> {
  if (basename(commonDir) === '.git') return dirname(commonDir);
  // A submodule, or `init --separate-git-dir`: the git folder's config names its working tree.
  const configured = await git(commonDir, ['config', '--file', 'config', 'core.worktree'], {
    accept: [0, 1],
  });
  const worktree = configured.stdout.toString().trim();
  return worktree ? resolve(commonDir, worktree) : commonDir;
}

/** Top of the working tree that contains the path; null outside of a repository. */
export async function repoRoot(path: string): Promise<string | null> {
  return (await findRepository(path))?.root ?? null;
}

/** The commit of HEAD in a folder or a git folder; null in a repository without commits. */
export async function headCommit(repo: string): Promise<string | null> {
  return resolveRevision(repo, 'HEAD^{commit}');
}

/** The object ids of several revisions, by one process; null for each that there is none of. */
export async function resolveRevisions(
  repo: string,
  revisions: readonly string[],
): Promise<(string | null)[]> {
  const words = ['cat-file', '--batch-check=%(objectname)'];
  const lines = (await gitText(repo, words, { input: `${revisions.join('\n')}\n` })).split('\n');
  return revisions.map((_, index) => /^[0-9a-f]{40,64}$/.exec(lines[index] ?? '')?.[0] ?? null);
}

/** The object id of a revision, or null when there is none. */
export async function resolveRevision(repo: string, revision: string): Promise<string | null> {
  const answer = await git(repo, ['rev-parse', '--verify', '--quiet', revision], { accept: [0, 1] });
  return answer.code === 0 ? answer.stdout.toString().trim() : null;
}
