import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storing } from '../../../lib/files/private-files.ts';
import { bytesBelow } from '../../../lib/files/size.ts';
import { type ArtifactPaths, artifactPaths, isArtifactName } from '../../../workspace/artifacts.ts';
import type { RemovablePath } from './plan.ts';

/** What is removed is moved aside first: what is left of it after a kill is known by its name. */
const ASIDE = '.removing';

export const asideOf = (path: string): string => `${path}${ASIDE}`;

/** A folder is gone in a moment, also a large one; a link is not followed. */
export const removeAside = (path: string): Promise<void> =>
  storing(path, () => rm(asideOf(path), { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }));

/** Whether something is there, also a link that leads nowhere. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

export const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The names in an artifact folder that AgentPool has not written; none if it is no folder. */
export const unknownIn = (folder: string): string[] =>
  isFolder(folder)
    ? readdirSync(folder).filter(
        (name) => !isArtifactName(name.endsWith(ASIDE) ? name.slice(0, -ASIDE.length) : name),
      )
    : [];

/** What removals of this worker's files that were cut short have moved aside. */
export async function unfinishedOf({ dir, recording }: ArtifactPaths): Promise<RemovablePath[]> {
  const left = [asideOf(dir), ...(isFolder(dir) ? [asideOf(recording)] : [])].filter(isThere);
  return Promise.all(left.map(async (path) => ({ path, bytes: await bytesBelow(path) })));
}

/** Whether the recorded folder of a worker is there and is another one: this home is a copy, or was restored from one. */
export function isElsewhereToo(root: string, id: string, recorded: string): boolean {
  const own = artifactPaths(root, id).dir;
  if (recorded === own || !existsSync(recorded)) return false;
  return join(real(dirname(own)), basename(own)) !== real(recorded);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
