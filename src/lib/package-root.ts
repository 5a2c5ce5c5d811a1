import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let root: string | undefined;

/** The folder of the installed package. The bundle (dist/) and the sources (src/) are some folders below it. */
export function packageRoot(): string {
  if (root) return root;
  let folder = import.meta.dirname;
  // dist/ has its own package.json, which only sets the module type.
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
