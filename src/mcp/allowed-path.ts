import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AgentPoolError } from '../events/errors.ts';
import type { House } from '../workers/house.ts';

/**
 * A path that a tool may read or write: below AGENTPOOL_HOME or below the folder that the server was started in, links
 * followed first. Throws PATH_OUTSIDE_HOME for any other.
 */
export function allowedPath(house: House, path: string): string {
  const absolute = real(resolve(path));
  const roots = [house.home, process.cwd()].map(real);
  if (roots.some((root) => lies(absolute, root))) return absolute;
  throw new AgentPoolError(
    'PATH_OUTSIDE_HOME',
    `${path} lies outside of AGENTPOOL_HOME (${house.home}) and of the folder that this server works in (${process.cwd()}).`,
    { path },
  );
}

/** The same for a file that is to be made: what lies there already is not a tool's to replace. Throws FILE_EXISTS. */
export function allowedNewFile(house: House, path: string): string {
  const allowed = allowedPath(house, path);
  if (!existsSync(allowed)) return allowed;
  throw new AgentPoolError('FILE_EXISTS', `${path} is there already; name another file.`, { path });
}

const lies = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
};

/** Canonical, also of what is not there yet. */
function real(path: string): string {
  if (existsSync(path)) return realpathSync.native(path);
  const parent = dirname(path);
  return parent === path ? path : join(real(parent), basename(path));
}
