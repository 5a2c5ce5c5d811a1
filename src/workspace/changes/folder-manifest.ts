import { type BigIntStats, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT = 10_000;
/** Never a worker's result, and larger than everything else. */
const SKIPPED = new Set(['.git', 'node_modules', '.venv', '__pycache__']);

/** The files of a folder without a repository, with what reveals a change without reading them. */
export interface FolderManifest {
  /** Relative path -> git mode, size, modification and change time in nanoseconds. */
  files: Record<string, string>;
  /** false when there were more files than the limit; it then has the ones nearest to the top. */
  complete: boolean;
}

export interface ManifestChange {
  path: string;
  status: 'A' | 'M' | 'D' | 'T';
  mode: string | null;
}

/**
 * Lists up to 10,000 entries, level by level, without following links. Leaves out what cannot be read. Synchronous: one
 * promise per file takes five times as long, and a spawn waits for this.
 */
export function folderManifest(root: string): FolderManifest {
  const files: Record<string, string> = {};
  let seen = 0;
  let level = [''];
  while (level.length > 0) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of entriesOf(join(root, folder))) {
        if (SKIPPED.has(entry.name)) continue;
        seen += 1;
        if (seen > LIMIT) return { files, complete: false };
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) next.push(path);
        if (!entry.isFile() && !entry.isSymbolicLink()) continue;
        const found = stampOf(join(root, path));
        if (found) files[path] = found;
      }
    }
    level = next;
  }
  return { files, complete: true };
}

/**
 * The differences of two manifests. An incomplete one cannot show that a file is new or deleted, only that it changed.
 */
export function compareManifests(
  before: FolderManifest,
  now: FolderManifest,
): { files: ManifestChange[]; complete: boolean } {
  const files: ManifestChange[] = [];
  for (const path of new Set([...Object.keys(before.files), ...Object.keys(now.files)])) {
    const [old, present] = [before.files[path], now.files[path]];
    if (old === present) continue;
    if (old === undefined) {
      if (before.complete) files.push({ path, status: 'A', mode: modeOf(present) });
    } else if (present === undefined) {
      if (now.complete) files.push({ path, status: 'D', mode: null });
    } else {
      const sameKind = old.slice(0, 3) === present.slice(0, 3);
      files.push({ path, status: sameKind ? 'M' : 'T', mode: modeOf(present) });
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, complete: before.complete && now.complete };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** `mode size mtime ctime` of a file, times in nanoseconds; null when there is none. */
export function stampOf(path: string): string | null {
  try {
    return stamp(lstatSync(path, { bigint: true }));
  } catch {
    return null;
  }
}

// The change time moves with every write, even when a tool resets the modification time.
function stamp(found: BigIntStats): string {
  const mode = found.isSymbolicLink() ? '120000' : found.mode & 0o100n ? '100755' : '100644';
  return `${mode} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

function modeOf(stamped: string | undefined): string | null {
  return stamped?.split(' ')[0] ?? null;
}
