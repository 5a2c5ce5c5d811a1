import type { Env } from '../../config/paths.ts';
import { codexbarProviders } from '../../usage/sources/codexbar.ts';
import { programPath, versionLine } from './programs.ts';

/** An optional program that can tell limits or tokens too. */
export interface UsageHelper {
  name: 'codexbar' | 'ccusage';
  path: string | null;
  backend: {
    installed: boolean;
    path: string | null;
    version: string | null;
    supported_agentpool_providers: readonly string[];
    /** What it is asked for, by provider. */
    safe_sources: Record<string, string>;
    safe_source: string;
  };
}

/** Looks for CodexBar and ccusage. Both are optional. */
export async function findHelpers(env: Env): Promise<UsageHelper[]> {
  const [ccusage = 'ccusage'] = (env.AGENTPOOL_CCUSAGE_COMMAND ?? 'ccusage').trim().split(/\s+/);
  return Promise.all([
    find(
      'codexbar',
      'codexbar',
      env,
      codexbarProviders,
      'its command line or the API, never the cookies of a browser',
    ),
    find('ccusage', ccusage, env, ['claude-code'], 'files on this disk, offline'),
  ]);
}

async function find(
  name: UsageHelper['name'],
  program: string,
  env: Env,
  providers: readonly string[],
  source: string,
): Promise<UsageHelper> {
  const path = program.includes('/') ? program : programPath(program, env);
  const backend = {
    installed: path !== null,
    path,
    version: path === null ? null : await versionLine(path, '--version'),
    supported_agentpool_providers: providers,
    safe_sources: Object.fromEntries(providers.map((id) => [id, source])),
    safe_source: source,
  };
  return { name, path, backend };
}

/** The same as a check of `doctor --deep`: an optional helper that is missing is no fault. */
export function helperCheck({ name, backend }: UsageHelper) {
  const { safe_source: _, ...facts } = backend;
  return {
    name,
    ok: true,
    enabled: facts.installed,
    // What `combined`, the default, asks.
    selected: name === 'codexbar',
    reason: facts.installed ? 'installed' : 'not installed; it is optional',
    ...facts,
  };
}
