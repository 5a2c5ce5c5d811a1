import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';

/** A symlink that points at itself ends here; the system's own limit is 40. */
const MAX_LINKS = 40;

export interface LeasedPath {
  /** The repository's main work tree, canonical: names the stream of its leases. */
  repo: string;
  /** Relative to the root of its work tree, with '/', canonical; '' is the whole of it. */
  path: string;
}

/**
 * The one name of a file that has many: `./a`, `src/../a`, absolute, through symlinks of the file, of a folder above
 * it or of the repository, in another case where the file system does not care, in the main work tree or in a linked
 * one: two workers who change `src/a` in trees of their own meet when their work is merged. The file need not exist.
 * `cwd` is what a relative `file` is relative to.
 * @throws PATH_OUTSIDE_REPOSITORY when it lies, or a symlink leads, outside of the repository.
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

/** The real path of what exists, and of the deepest folder that exists for what does not yet. */
function canonical(path: string, links = MAX_LINKS): string {
  try {
    // The native one also gives every component in the case in which the file system has it.
    return realpathSync.native(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
  }
  const target = links > 0 ? linkTarget(path) : undefined;
  if (target !== undefined) return canonical(target, links - 1);
  return join(canonical(dirname(path), links), basename(path));
}

/** Where a symlink leads whose target does not exist yet: writing to it makes that file. */
function linkTarget(path: string): string | undefined {
  try {
    return resolve(realpathSync.native(dirname(path)), readlinkSync(path));
  } catch {
    return undefined;
  }
}

/** The work tree that holds a path, and the repository's main one; where there is no git, the folder itself. */
function treeOf(path: string): { root: string; repo: string } {
  for (let root = path; root !== dirname(root); root = dirname(root)) {
    const git = join(root, '.git');
    if (existsSync(git)) return { root, repo: mainTree(git) ?? root };
  }
  return { root: path, repo: path };
}

/** The main work tree, from the `.git` file of a linked one; undefined for any other `.git`. */
function mainTree(git: string): string | undefined {
  const folder = contents(git)?.match(/^gitdir: (.+)$/m)?.[1];
  if (folder === undefined) return undefined;
  const gitdir = resolve(dirname(git), folder);
  const common = contents(join(gitdir, 'commondir'))?.trim();
  if (common === undefined) return undefined;
  const shared = canonical(resolve(gitdir, common));
  return basename(shared) === '.git' ? dirname(shared) : shared;
}

function contents(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error &&
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String((error as { code?: unknown }).code));
