import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import { fileText } from '../lib/files/file-text.ts';

/** Stops at a symlink that points at itself; the system's own limit is 40. */
const MAX_LINKS = 40;

export interface LeasedPath {
  /** The repository's main work tree, canonical: names the stream of its leases. */
  repo: string;
  /** Relative to the root of its work tree, with '/', canonical; '' is the whole repository. */
  path: string;
}

/**
 * The canonical name of a file that can be written in many ways: `./a`, `src/../a`, absolute, through symlinks, in
 * another case on a case-insensitive file system, in the main work tree or in a linked one. Two workers who change
 * `src/a` in separate trees conflict when their work is merged, so both get the same name. The file need not exist. A
 * relative `file` is relative to `cwd`. Throws PATH_OUTSIDE_REPOSITORY when it is, or a symlink leads, outside of the
 * repository.
 */
export function leasedPath(repo: string, file: string, cwd: string = repo): LeasedPath {
  const tree = treeOf(canonical(resolve(repo)));
  // Not `resolve`: where `link` is a symlink, `link/../a` is not `a`.
  const target = canonical(isAbsolute(file) ? file : `${resolve(cwd)}${sep}${file}`);
  const own = treeOf(target);
  const path = relative(own.repo === tree.repo ? own.root : tree.root, target);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw new AgentPoolError(
      'PATH_OUTSIDE_REPOSITORY',
      `${file} is ${target}, which is not in ${tree.root}.`,
      {
        path: file,
        target,
        repo: tree.repo,
        example: 'agentpool leases acquire --session-id @last --file src/a.ts',
      },
    );
  }
  return { repo: tree.repo, path: path.split(sep).join('/') };
}

/** The real path, with the part that does not exist yet appended. */
export function canonical(path: string, links = MAX_LINKS): string {
  try {
    // The native one also returns every component in the case that the file system has.
    return realpathSync.native(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
  }
  const target = links > 0 ? linkTarget(path) : undefined;
  if (target !== undefined) return canonical(target, links - 1);
  return join(canonical(dirname(path), links), basename(path));
}

/** Where a symlink leads whose target does not exist yet: writing to it creates that file. */
function linkTarget(path: string): string | undefined {
  try {
    return resolve(realpathSync.native(dirname(path)), readlinkSync(path));
  } catch {
    return undefined;
  }
}

/** The work tree that contains a path, and the repository's main one; without git, the folder itself. */
function treeOf(path: string): { root: string; repo: string } {
  for (let root = path; root !== dirname(root); root = dirname(root)) {
    const git = join(root, '.git');
    if (existsSync(git)) return { root, repo: mainTree(git) ?? root };
  }
  return { root: path, repo: path };
}

/** The main work tree, from the `.git` file of a linked one; undefined for any other `.git`. */
function mainTree(git: string): string | undefined {
  const folder = fileText(git)?.match(/^gitdir: (.+)$/m)?.[1];
  if (folder === undefined) return undefined;
  const gitdir = resolve(dirname(git), folder);
  const common = fileText(join(gitdir, 'commondir'))?.trim();
  if (common === undefined) return undefined;
  const shared = canonical(resolve(gitdir, common));
  return basename(shared) === '.git' ? dirname(shared) : shared;
}

const isMissing = (error: unknown) =>
  error instanceof Error &&
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as { code?: unknown }).code));
