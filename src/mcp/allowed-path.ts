import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import type { AppContext } from '../workers/core/context.ts';

/**
 * A path that a tool may read or write: below AGENTPOOL_HOME or below the server's working directory, after following
 * links. Throws PATH_OUTSIDE_HOME for any other path, INVALID_PATH for what cannot be a path.
 */
export function allowedPath(app: AppContext, path: string): string {
  if (path.includes('\0') || path.length > MAX_PATH_LENGTH)
    throw new AgentPoolError(
      'INVALID_PATH',
      `A path has at most ${MAX_PATH_LENGTH} characters, and no NUL.`,
      {},
    );
  const absolute = canonical(resolve(path));
  const roots = [app.home, process.cwd()].map(canonical);
  if (absolute !== null && roots.some((root) => root !== null && isBelow(absolute, root))) return absolute;
  throw new AgentPoolError(
    'PATH_OUTSIDE_HOME',
    `${path} is outside of AGENTPOOL_HOME (${app.home}) and of this server's working directory (${process.cwd()}).`,
    { path },
  );
}

const MAX_PATH_LENGTH = 4096;

/** The same for a file to create: a tool must not replace an existing one. Throws FILE_EXISTS as well. */
export function allowedNewFile(app: AppContext, path: string): string {
  const allowed = allowedPath(app, path);
  if (!existsSync(allowed)) return allowed;
  throw new AgentPoolError('FILE_EXISTS', `${path} already exists; name another file.`, { path });
}

/**
 * The folder of a repository as a model names it. A relative path would be taken from the folder that the host started
 * this server in, which is `/` with desktop hosts. Throws INVALID_REQUEST for it and for the root of the machine.
 */
export function repositoryPath(path: string): string {
  if (isAbsolute(path) && resolve(path) !== parse(resolve(path)).root) return path;
  const why = isAbsolute(path) ? 'is the root of the machine' : 'is not an absolute path';
  const message = `repo_path ${JSON.stringify(path)} ${why}. Give the absolute path of the folder to work in, for example "/home/me/project".`;
  throw new AgentPoolError('INVALID_REQUEST', message, { repo_path: path });
}

const isBelow = (path: string, root: string): boolean => {
  const fromRoot = relative(root, path);
  return fromRoot !== '..' && !fromRoot.startsWith(`..${sep}`);
};

/**
 * The canonical path, also of a file that does not exist yet. Null behind a dangling link: writing there would create
 * its target.
 */
function canonical(path: string): string | null {
  if (existsSync(path)) return realpathSync.native(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return null;
  const parent = dirname(path);
  const realParent = parent === path ? parent : canonical(parent);
  return realParent === null ? null : join(realParent, basename(path));
}
