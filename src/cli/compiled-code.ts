import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Env, homeFolder, paths } from '../config/paths.ts';

/** What Node 22 and later have in `node:module`. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

/**
 * Node 22 and later keep the compiled code of the bundle. It lies with the other caches in AGENTPOOL_HOME, private and
 * easy to find, not in the shared folder that Node would choose. A home that does not exist is not created for it.
 */
export function keepCompiledCode(env: Env): void {
  // Asking Node 20 would load a module that no query needs.
  if (Number.parseInt(process.versions.node, 10) < 22) return;
  const { run } = paths(homeFolder(env));
  if (!existsSync(run)) return;
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCache;
  const folder = join(run, 'compiled');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  enableCompileCache?.(folder);
}
