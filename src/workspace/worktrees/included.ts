import { constants, existsSync, lstatSync, readlinkSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { firstNames } from '../../lib/text/counted.ts';
import { decode, records } from '../changes/scan.ts';
import { type GitPlace, openPrivateGit, type PrivateGit, readSettings } from '../git/private-git.ts';
import { findRepository } from '../git/repository.ts';

/** Patterns of files that git ignores and a new worktree gets all the same, in the syntax of .gitignore. */
const LIST = '.worktreeinclude';

/** A list that names a folder of packages must not fill the disk with every worker. */
const MOST = { files: 10_000, bytes: 1024 ** 3 };

/** Whether a work tree names files to copy. */
export const hasIncludes = (root: string): boolean =>
  lstatSync(join(root, LIST), { throwIfNoEntry: false })?.isFile() === true;

/**
 * Copies the files that `.worktreeinclude` at the top of a work tree names into a new worktree, such as `.env`: only files
 * that git ignores, since the others are in a commit, or are work that is not committed. Nothing that exists is replaced, and nothing
 * is written through a link. A link is copied as such, unless it leads out of the repository. Returns what the list names
 * and was not copied.
 */
export async function copyIncluded(from: string, { root, git_dir }: GitPlace): Promise<string[]> {
  const place = await findRepository(from);
  if (place === null) return [];
  const { settings } = await readSettings(place.git_dir);
  const index = join(place.git_dir, 'index');
  const view = await openPrivateGit(place, { settings, index, parent: git_dir });
  try {
    const warnings = new Map<string, string[]>();
    const left = { ...MOST };
    for (const path of await ignoredAndListed(view)) {
      const why = await copyInto(join(from, path), { root, path, left });
      if (why !== null && why !== THERE) warnings.set(why, [...(warnings.get(why) ?? []), path]);
    }
    return [...warnings].map(([why, paths]) => `${LIST}: not copied: ${firstNames(paths, 3)}: ${why}`);
  } finally {
    await view.close();
  }
}

async function ignoredAndListed(view: PrivateGit): Promise<string[]> {
  const listed = await view.run(['ls-files', '-z', '--others', '--ignored', `--exclude-from=${LIST}`]);
  if (listed.stdout.length === 0) return [];
  const ignored = await view.run(['check-ignore', '-z', '--stdin'], { input: listed.stdout, accept: [0, 1] });
  // A repository of its own ends in '/'.
  return records(ignored.stdout)
    .map(decode)
    .filter((path) => !path.endsWith('/'));
}

const THERE = 'it is there';

/** Null if it was copied, else why not. */
async function copyInto(
  source: string,
  { root, path, left }: { root: string; path: string; left: { files: number; bytes: number } },
): Promise<string | null> {
  const target = join(root, path);
  const found = lstatSync(source, { throwIfNoEntry: false });
  if (!found || lstatSync(target, { throwIfNoEntry: false })) return THERE;
  if (isBelowLink(root, path)) return 'a folder above it is a link in the worktree';
  if (left.files === 0 || found.size > left.bytes) return `over ${MOST.files} files or 1 GiB in all`;
  try {
    if (found.isSymbolicLink()) {
      const to = readlinkSync(source);
      const isInside = !to.startsWith('/') && !normalize(join(dirname(path), to)).startsWith('..');
      if (!isInside) return 'a link that leads out of the repository';
      await mkdir(dirname(target), { recursive: true });
      await symlink(to, target);
    } else if (found.isFile()) {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } else return 'it is no file';
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    return code;
  }
  left.files -= 1;
  left.bytes -= found.size;
  return null;
}

/** Whether something on the way to a path is no folder of the worktree itself. */
function isBelowLink(root: string, path: string): boolean {
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    const at = join(root, above);
    if (existsSync(at) && !lstatSync(at).isDirectory()) return true;
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  }
  return false;
}
