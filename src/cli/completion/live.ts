import { existsSync } from 'node:fs';
import { accountKeys, providerOfKey } from '../../config/accounts.ts';
import { loadConfig } from '../../config/file/load.ts';
import { type Env, homeFolder, paths } from '../../config/paths.ts';
import { fullProviderId, PROVIDER_IDS } from '../../config/provider-ids.ts';
import { openReader } from '../../projections/reader.ts';
import { listSessions } from '../../projections/sessions/list.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import type { Candidates, CompletedWord } from './candidates.ts';

const NEWEST = 50;

/** The words that depend on this home. Reads only its ledger and its config: asks no provider and writes nothing. */
export async function liveWords({ live, provider }: Candidates, env: Env): Promise<CompletedWord[]> {
  if (live === 'session') return sessionWords(env);
  if (live === 'provider') return (await providers(env)).map((value) => ({ value, meaning: '' }));
  if (live === 'model') return modelWords(provider, env);
  if (live === 'error') {
    const { errorCodes } = await import('../../lib/error-codes/index.ts');
    return Object.entries(errorCodes).map(([value, { means }]) => ({ value, meaning: means }));
  }
  return [];
}

async function sessionWords(env: Env): Promise<CompletedWord[]> {
  const config = await configOf(env);
  const { ledger } = config?.paths ?? paths(homeFolder(env));
  const reader = existsSync(ledger) ? openReader(ledger, [sessions]) : null;
  if (!reader) return [];
  try {
    const rows = listSessions(reader, { coordinator: null, limit: NEWEST, offset: 0 }).sessions;
    const reported = rows.map(({ id, state, provider_id, task }) => ({
      value: id,
      meaning: `${state} ${provider_id}: ${task}`,
    }));
    return reported[0]
      ? [{ value: '@last', meaning: `the newest: ${reported[0].meaning}` }, ...reported]
      : [];
  } finally {
    reader.close();
  }
}

async function providers(env: Env): Promise<readonly string[]> {
  const loaded = await configOf(env);
  return loaded ? accountKeys(loaded.config) : PROVIDER_IDS;
}

async function modelWords(provider: string | null, env: Env): Promise<CompletedWord[]> {
  const { allAgents } = await import('../../agents/registry.ts');
  const loaded = await configOf(env);
  const wanted = provider && fullProviderId(providerOfKey(provider), loaded?.config.custom_providers ?? []);
  const ours = (await allAgents())
    .map(({ descriptor }) => descriptor)
    .filter(({ id }) => wanted === null || id === wanted)
    .flatMap(({ id, models }) =>
      models.map((model) => ({ value: model.id, meaning: model.display_name ?? id })),
    );
  const theirs = Object.entries(loaded?.config.providers ?? {})
    .filter(([id]) => wanted === null || id === wanted)
    .flatMap(([id, { models }]) => models.map((model) => ({ value: model.id, meaning: id })));
  return [...ours, ...theirs];
}

/** Null if the config is invalid: completion is no place to report that. */
async function configOf(env: Env) {
  try {
    return await loadConfig(homeFolder(env), env);
  } catch {
    return null;
  }
}
