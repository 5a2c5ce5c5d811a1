import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownerBesideRoot } from '../config/home-owner.ts';
import { type Env, homeFolder, paths } from '../config/paths.ts';

/** The compile cache API of `node:module` in Node 22 and later. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

/**
 * Makes Node 22 and later cache the compiled code of the bundle. The cache is in AGENTPOOL_HOME with the others,
 * private and easy to find, not in the shared folder that Node uses by default. Does not create a home that does not
 * exist.
 */
export function keepCompiledCode(env: Env): void {
  // On Node 20, the check itself would load a module that no query needs.
  if (Number.parseInt(process.versions.node, 10) < 22) return;
  const { run } = paths(homeFolder(env));
  if (!existsSync(run) || ownerBesideRoot(run)) return;
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCache;
  const folder = join(run, 'compiled');
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
