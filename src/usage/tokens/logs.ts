import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TokenLog } from '../../agents/contract/tokens/use.ts';
import type { Env, Paths } from '../../config/paths.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
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

/**
 * The token index of this AGENTPOOL_HOME, updated for at most so many milliseconds; the caller closes it. Offline.
 * @throws if the folder cannot be written
 */
export async function openTokens(
  { paths, env }: { paths: Pick<Paths, 'run'>; env: Env },
  budget: number,
  { providers, onFile }: TokenReading = {},
): Promise<OpenTokens> {
  const logs = await tokenLogs(providers);
  const file = join(paths.run, 'tokens.sqlite');
  const open = async (): Promise<OpenTokens> => {
    const index = new TokenIndex(file);
    try {
      const home = env.HOME || homedir();
      return { index, logs, updated: await index.update(logs, { env, home }, budget, onFile) };
    } catch (error) {
      index.close();
      throw error;
    }
  };
  try {
    return await open();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    // Some damage shows only when a page is read. It is a cache: the logs are read again.
    removeIndex(file);
    return open();
  }
}
