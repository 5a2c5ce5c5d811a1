import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateGit } from '../git/private-git.ts';

/** How the files of a work tree differ from an index. Paths are bytes, as latin1 text. */
export interface WorkTreeScan {
  /** Tracked files whose content, mode or kind is another one, and deleted ones. */
  changed: string[];
  /** Files that the index does not have and no rule ignores; a folder that is a repository of its own ends in '/'. */
  untracked: string[];
  /** What a rule ignores; a folder that is ignored as a whole ends in '/'. */
  ignored: string[];
}

/**
 * Compares a work tree with the index of a private git folder, and clears the marks there that hide a file from git
 * (`assume-unchanged`, `skip-worktree`): a worker may set them to keep an edit out of its commit.
 */
export async function scan(view: PrivateGit, root: string): Promise<WorkTreeScan> {
  const [listing, ignored] = await Promise.all([list(view), ignoredFiles(view)]);
  const revealed = await reveal(view, root, listing);
  return { ...sorted(revealed ? await list(view) : listing), ignored };
}

/** Clears the marks that hide a file from git. Resolves to whether there were any. */
export const revealAll = async (view: PrivateGit, root: string): Promise<boolean> =>
  reveal(view, root, await list(view));

async function reveal(view: PrivateGit, root: string, listing: readonly Entry[]): Promise<boolean> {
  const hidden = listing.filter(({ tag }) => /[Sa-z]/.test(tag));
  // Not on disk because the checkout is sparse.
  const absent = await missing(
    root,
    hidden.filter(({ tag }) => /s/i.test(tag)).map(({ path }) => path),
  );
  const sparse = new Set(absent);
  const shown = hidden.filter(({ path }) => !sparse.has(path));
  await clear(
    view,
    '--no-assume-unchanged',
    shown.filter(({ tag }) => /[a-z]/.test(tag)),
  );
  await clear(
    view,
    '--no-skip-worktree',
    shown.filter(({ tag }) => /s/i.test(tag)),
  );
  return shown.length > 0;
}

interface Entry {
  /** Of `git ls-files -v`: H cached, S skip-worktree, C changed, R removed, ? untracked; lower case: assume-unchanged. */
  tag: string;
  path: string;
}

async function list(view: PrivateGit): Promise<Entry[]> {
  const flags = ['-z', '-v', '--cached', '--modified', '--deleted', '--others', '--exclude-standard'];
  const { stdout } = await view.run(['ls-files', ...flags]);
  return records(stdout).map((line) => ({ tag: line.charAt(0), path: line.slice(2) }));
}

/** What a rule ignores, see `WorkTreeScan`. */
export async function ignoredFiles(view: PrivateGit): Promise<string[]> {
  const flags = ['-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  return records((await view.run(['ls-files', ...flags])).stdout);
}

function sorted(entries: readonly Entry[]): Pick<WorkTreeScan, 'changed' | 'untracked'> {
  const changed = new Set(entries.flatMap(({ tag, path }) => (/[CRM]/.test(tag) ? [path] : [])));
  return {
    // In the middle of a merge a file has several entries, with the tag M.
    changed: [...changed],
    untracked: entries.flatMap(({ tag, path }) => (tag === '?' ? [path] : [])),
  };
}

async function missing(root: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (!(await lstat(join(root, decode(path))).catch(() => null))) found.push(path);
  return found;
}

async function clear(view: PrivateGit, flag: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const input = Buffer.from(entries.map(({ path }) => `${path}\0`).join(''), 'latin1');
  await view.run(['update-index', '-z', flag, '--stdin'], { input });
}

/** The parts of an output of git with `-z`, as latin1, which keeps every byte. */
export function records(output: Buffer): string[] {
  return output.toString('latin1').split('\0').filter(Boolean);
}

/** A path of git as text; only access to the disk and people need it. */
export function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
