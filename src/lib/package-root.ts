import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let root: string | undefined;

/** The folder of the installed package: the bundle lies in dist/, the sources in src/, both some folders below it. */
export function packageRoot(): string {
  if (root) return root;
  let folder = import.meta.dirname;
  // dist/ has a package.json of its own, which only says what kind of modules lie there.
  while (manifest(folder)?.name !== 'agentpool') {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('agentpool: package.json not found above the code');
    folder = parent;
  }
  root = folder;
  return folder;
}

/** The version in package.json. */
export const packageVersion = (): string => manifest(packageRoot())?.version ?? 'unknown';

function manifest(folder: string): { name?: string; version?: string } | null {
  const path = join(folder, 'package.json');
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string })
    : null;
}
