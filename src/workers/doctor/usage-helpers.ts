import Type, { type Static } from 'typebox';
import { allAgents } from '../../agents/registry.ts';
import type { Env } from '../../config/paths.ts';
import { flag, keyed, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { ccusage as ccusageSource } from '../../usage/backends/ccusage.ts';
import { programPath, versionLine } from '../core/setup/programs.ts';

const helper = {
  installed: flag,
  path: nullable(text),
  version: nullable(text),
  supported_agentpool_providers: list(text),
  safe_sources: noted(keyed(text), 'What it is asked for, by provider.'),
};

export const HelperBackend = Type.Object({ ...helper, safe_source: text }, { title: 'HelperBackend' });

export const HelperCheck = Type.Object(
  {
    name: oneOf(['codexbar', 'ccusage']),
    ok: flag,
    enabled: flag,
    selected: noted(flag, 'Whether `combined`, the default, asks it.'),
    reason: text,
    ...helper,
  },
  { title: 'HelperCheck' },
);
export type HelperCheck = Static<typeof HelperCheck>;

/** An optional program that reports limits or tokens. */
export interface UsageHelper {
  name: HelperCheck['name'];
  path: string | null;
  backend: Static<typeof HelperBackend>;
}

/** Looks for CodexBar and ccusage. Both are optional. */
export async function findHelpers(env: Env): Promise<UsageHelper[]> {
  const [ccusage = 'ccusage'] = (env.AGENTPOOL_CCUSAGE_COMMAND ?? 'ccusage').trim().split(/\s+/);
  const agents = await allAgents();
  return Promise.all([
    find(
      'codexbar',
      'codexbar',
      env,
      agents.filter(({ codexbar }) => codexbar).map(({ descriptor }) => descriptor.id),
      'its command line or the API, never the cookies of a browser',
    ),
    find('ccusage', ccusage, env, [ccusageSource.provider], 'files on this disk, offline'),
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
    version: path === null ? null : await versionLine(path, '--version', env),
    supported_agentpool_providers: [...providers],
    safe_sources: Object.fromEntries(providers.map((id) => [id, source])),
    safe_source: source,
  };
  return { name, path, backend };
}

/** A helper as a check of `doctor --deep`: a missing one is no error, because it is optional. */
export function helperCheck({ name, backend }: UsageHelper): HelperCheck {
  const { safe_source: _, ...facts } = backend;
  return {
    name,
    ok: true,
    enabled: facts.installed,
    selected: name === 'codexbar',
    reason: facts.installed ? 'installed' : 'not installed; it is optional',
    ...facts,
  };
}
