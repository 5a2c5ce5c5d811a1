import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TokenLog } from '../../agents/contract/tokens/use.ts';
import { accountsOf, inAccount } from '../../config/accounts.ts';
import type { Env, Paths } from '../../config/paths.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import type { Config } from '../../config/schema.ts';
import { errorMessage } from '../../lib/errors.ts';
import { isDamaged, removeIndex } from './index-file.ts';
import { TokenIndex, type Updated } from './token-index.ts';

/** The logs of all agents that record their tokens, or of these providers only. */
export async function tokenLogs(providers: readonly string[] = AGENT_IDS): Promise<TokenLog[]> {
  const ids = AGENT_IDS.filter((id) => providers.includes(id));
  if (ids.length === 0) return [];
  // Loaded late: most statistics cover few agents, and those of fake agents none.
  const { loadAgent } = await import('../../agents/registry.ts');
  const agents = await Promise.all(ids.map(loadAgent));
  return agents.flatMap(({ tokens }) => tokens ?? []);
}

/** No limit on the time that an update may take. */
export const ALL_OF_IT = Number.POSITIVE_INFINITY;

export interface TokenReading {
  /** Whose logs are read; those of all agents if undefined. */
  providers?: readonly string[];
  onFile?: ((done: number, all: number) => void) | undefined;
}

export interface OpenTokens {
  index: TokenIndex;
  /** The logs that the index was read from. */
  logs: readonly TokenLog[];
  updated: Updated;
}

/** A cache: it can be deleted at any time. */
export const tokenIndexFile = ({ run }: Pick<Paths, 'run'>): string => join(run, 'tokens.sqlite');

interface TokenPlace {
  paths: Pick<Paths, 'run'>;
  env: Env;
  /** Without it, the logs of the default accounts alone. */
  config?: Pick<Config, 'providers' | 'custom_providers'>;
}

type LogPlace = Parameters<TokenLog['roots']>[0];

/**
 * The same logs of every account, each by the key of its account. An account whose folders are those of an earlier one
 * has no logs of its own: nothing is counted twice.
 */
function ofEveryAccount(
  logs: readonly TokenLog[],
  config: TokenPlace['config'],
  place: LogPlace,
): TokenLog[] {
  if (!config) return [...logs];
  return logs.flatMap((log) => {
    const seen = new Set<string>();
    return accountsOf(config, log.provider_id).flatMap((account) => {
      const roots = log.roots(inAccount(place, account)).filter((root) => !seen.has(realFolder(root)));
      for (const root of roots) seen.add(realFolder(root));
      if (account.config === null) return [log];
      return roots.length === 0 ? [] : [{ ...log, provider_id: account.key, roots: () => roots }];
    });
  });
}

/** The folder that a link leads to. One that is not there is itself. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/**
 * What `read` makes of the token index of this AGENTPOOL_HOME, updated for at most so many milliseconds. Offline. An
 * index that turns out to be damaged is made again from the logs, once; what is returned if it cannot be opened at all
 * comes from `otherwise`.
 * @throws if it cannot be opened and there is no `otherwise`
 */
export async function readTokens<T>(
  place: TokenPlace,
  budget: number,
  reading: TokenReading,
  read: (opened: OpenTokens) => T,
  otherwise?: () => T,
): Promise<T> {
  let damage: string | null = null;
  for (;;) {
    let opened: OpenTokens;
    try {
      opened = await openTokens(place, budget, reading, damage);
    } catch (error) {
      if (otherwise) return otherwise();
      throw error;
    }
    try {
      return read(opened);
    } catch (error) {
      if (damage !== null || !isDamaged(error)) throw error;
      // Some damage shows only when a page is read.
      damage = errorMessage(error);
    } finally {
      opened.index.close();
    }
    removeIndex(tokenIndexFile(place.paths));
  }
}

/**
 * The token index, as `readTokens` opens it; the caller closes it.
 * @param damage of the index that this one replaces
 * @throws if it cannot be opened
 */
export async function openTokens(
  { paths, env, config }: TokenPlace,
  budget: number,
  { providers, onFile }: TokenReading = {},
  damage: string | null = null,
): Promise<OpenTokens> {
  const place = { env, home: env.HOME || homedir() };
  const logs = ofEveryAccount(await tokenLogs(providers), config, place);
  const file = tokenIndexFile(paths);
  const open = async (replaced: string | null): Promise<OpenTokens> => {
    const index = new TokenIndex(file, replaced);
    try {
      return { index, logs, updated: await index.update(logs, place, budget, onFile) };
    } catch (error) {
      index.close();
      throw error;
    }
  };
  try {
    return await open(damage);
  } catch (error) {
    if (damage !== null || !isDamaged(error)) throw error;
    removeIndex(file);
    return open(errorMessage(error));
  }
}
