import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '../errors.ts';

export interface FoundFile {
  path: string;
  stat: Stats;
}

/** A folder or file that could not be read, with the reason. */
export interface Unread {
  path: string;
  reason: string;
}

export interface Below {
  /** Sorted by path. */
  files: FoundFile[];
  unread: Unread[];
}

/** No agent nests deeper; a tree of folders that are linked into one another ends here. */
const DEEPEST = 24;

/** A link to a whole disk is no folder of logs. */
const MOST_LINKED = 5000;

/**
 * The files below some folders that are wanted by their names, also in linked folders; each file and folder once, however
 * many links lead to it, and by its real path if one does. A part that cannot be read is reported, and the rest is found. What is not there is no fault.
 */
export function filesBelow(
  roots: readonly string[],
  { isNested, isWanted }: { isNested: boolean; isWanted: (name: string) => boolean },
): Below {
  const found: Below = { files: [], unread: [] };
  const seen = new Set<string>();
  let linked = 0;
  const visit = (folder: string, depth: number, isLinked: boolean): void => {
    if (isLinked && ++linked > MOST_LINKED) {
      if (linked === MOST_LINKED + 1)
        found.unread.push({ path: folder, reason: `skipped what is linked: over ${MOST_LINKED} folders` });
      return;
    }
    const entries = attempt(folder, found, () => readdirSync(folder, { withFileTypes: true })) ?? [];
    for (const entry of entries.sort(byName)) {
      const name = join(folder, entry.name);
      const isPlainFile = entry.isFile();
      if (isPlainFile && !isWanted(entry.name)) continue;
      if (!isPlainFile && !entry.isSymbolicLink() && !entry.isDirectory()) continue;
      if (entry.isDirectory() && !isNested) continue;
      const path = entry.isSymbolicLink() ? attempt(name, found, () => realpathSync(name)) : name;
      const stat = path === null ? null : attempt(path, found, () => statSync(path));
      if (!stat || path === null) continue;
      const identity = `${stat.dev}:${stat.ino}`;
      if (seen.has(identity)) continue;
      if (stat.isFile() && isWanted(entry.name)) {
        seen.add(identity);
        found.files.push({ path, stat });
      } else if (stat.isDirectory() && isNested && depth < DEEPEST) {
        seen.add(identity);
        visit(path, depth + 1, isLinked || entry.isSymbolicLink());
      }
    }
  };
  for (const root of roots) {
    const stat = attempt(root, found, () => statSync(root));
    if (!stat?.isDirectory() || seen.has(`${stat.dev}:${stat.ino}`)) continue;
    seen.add(`${stat.dev}:${stat.ino}`);
    visit(root, 0, false);
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return found;
}

/** Real folders before links to them, so that a file has its own path where it has one. */
const byName = (a: Dirent, b: Dirent): number =>
  Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()) || (a.name < b.name ? -1 : 1);

/** What is gone by now, or a link to nowhere, is no fault; neither is a link in a circle. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Whether the file was gone when it was wanted. */
export const isAbsent = (error: unknown): boolean => ABSENT.has(String((error as { code?: unknown }).code));

function attempt<T>(path: string, found: Below, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isAbsent(error)) found.unread.push({ path, reason: errorMessage(error) });
    return null;
  }
}
