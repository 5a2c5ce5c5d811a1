import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownerBesideRoot } from '../config/home-owner.ts';
import { type Env, homeFolder, paths } from '../config/paths.ts';
import { cacheCompiledCode } from '../lib/process/bundle.ts';

/** The compile cache API of `node:module` in Node 22 and later. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

/**
 * Caches the compiled code of the bundles in AGENTPOOL_HOME with the other caches, private and easy to find: Node 22 and
 * later do it themselves (by default in a shared folder), and `loadBundle` does it on Node 20. NODE_COMPILE_CACHE names
 * another folder. Does not create a home that does not exist.
 */
export function keepCompiledCode(env: Env): void {
  const folder = env.NODE_COMPILE_CACHE || folderInHome(env);
  if (folder === null) return;
  if (Number.parseInt(process.versions.node, 10) < 22) {
    cacheCompiledCode(folder);
    return;
  }
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCache;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // Not writable, or something else is in its place: only the start is slower.
    return;
  }
  // Node makes a folder for its version in it, with the permissions that the process gives by default.
  const umask = process.umask(0o077);
  enableCompileCache?.(folder);
  process.umask(umask);
}

function folderInHome(env: Env): string | null {
  const { run } = paths(homeFolder(env));
  return existsSync(run) && !ownerBesideRoot(run) ? join(run, 'compiled') : null;
}
