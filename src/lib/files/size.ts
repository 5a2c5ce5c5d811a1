import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How many folders are read at the same time. */
const AT_ONCE = 16;

/**
 * The bytes of a file, or of all files below a folder. Links count as themselves, and are not followed. What disappears meanwhile, or cannot be read, counts as nothing.
 */
export async function bytesBelow(path: string): Promise<number> {
  let total = 0;
  let waiting = [path];
  while (waiting.length > 0) {
    const folders = waiting.splice(0, AT_ONCE);
    const found = await Promise.all(folders.map((folder) => sizesIn(folder)));
    for (const { bytes, below } of found) {
      total += bytes;
      waiting = waiting.concat(below);
    }
  }
  return total;
}

async function sizesIn(path: string): Promise<{ bytes: number; below: string[] }> {
  const stats = await lstat(path).catch(() => null);
  if (!stats?.isDirectory()) return { bytes: stats?.size ?? 0, below: [] };
  const names = await readdir(path).catch(() => []);
  return { bytes: 0, below: names.map((name) => join(path, name)) };
}
