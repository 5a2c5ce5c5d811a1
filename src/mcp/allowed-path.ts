import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import type { AppContext } from '../workers/core/context.ts';

/**
 * A path that a tool may read or write: below AGENTPOOL_HOME or below the folder that the server was started in, links
 * followed first.
 * @throws PATH_OUTSIDE_HOME for any other; INVALID_PATH for what can be no path.
 */
export function allowedPath(app: AppContext, path: string): string {
  if (path.includes('\0') || path.length > LONGEST)
    throw new AgentPoolError('INVALID_PATH', `A path has at most ${LONGEST} characters, and no NUL.`, {});
  const absolute = real(resolve(path));
  const roots = [app.home, process.cwd()].map(real);
  if (absolute !== null && roots.some((root) => root !== null && lies(absolute, root))) return absolute;
  throw new AgentPoolError(
    'PATH_OUTSIDE_HOME',
    `${path} lies outside of AGENTPOOL_HOME (${app.home}) and of the folder that this server works in (${process.cwd()}).`,
    { path },
  );
}

const LONGEST = 4096;

/** The same for a file that is to be made: what lies there already is not a tool's to replace. Throws FILE_EXISTS. */
export function allowedNewFile(app: AppContext, path: string): string {
  const allowed = allowedPath(app, path);
  if (!existsSync(allowed)) return allowed;
  throw new AgentPoolError('FILE_EXISTS', `${path} is there already; name another file.`, { path });
}

const lies = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
};

/** Canonical, also of what is not there yet; null beyond a link that leads nowhere, for a write would make its target. */
function real(path: string): string | null {
  if (existsSync(path)) return realpathSync.native(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return null;
  const parent = dirname(path);
  const above = parent === path ? parent : real(parent);
  return above === null ? null : join(above, basename(path));
}
