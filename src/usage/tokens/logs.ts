import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TokenLog } from '../../agents/contract/tokens/use.ts';
import type { Env, Paths } from '../../config/paths.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import { TokenIndex, type Updated } from './token-index.ts';

/** The logs of the agents that write down their tokens, or of those providers only. */
export async function tokenLogs(providers: readonly string[] = AGENT_IDS): Promise<TokenLog[]> {
  const ids = AGENT_IDS.filter((id) => providers.includes(id));
  if (ids.length === 0) return [];
  // Loaded late: most statistics are of few agents, and those of fakes of none.
  const { loadAgent } = await import('../../agents/registry.ts');
  const agents = await Promise.all(ids.map(loadAgent));
  return agents.flatMap(({ tokens }) => tokens ?? []);
}

/** As long as it takes. */
export const ALL_OF_IT = Number.POSITIVE_INFINITY;

export interface TokenReading {
  /** Whose logs are read; of all agents where left out. */
  providers?: readonly string[];
  onFile?: ((done: number, all: number) => void) | undefined;
}

export interface OpenTokens {
  index: TokenIndex;
  /** The logs that it was read from. */
  logs: readonly TokenLog[];
  updated: Updated;
}

/**
 * The index of this home, brought up to date within so many milliseconds; to be closed. Offline.
 * @throws where the home cannot be written
 */
export async function openTokens(
  { paths, env }: { paths: Pick<Paths, 'run'>; env: Env },
  budget: number,
  { providers, onFile }: TokenReading = {},
): Promise<OpenTokens> {
  const logs = await tokenLogs(providers);
  const index = new TokenIndex(join(paths.run, 'tokens.sqlite'));
  try {
    const home = env.HOME || homedir();
    return { index, logs, updated: await index.update(logs, { env, home }, budget, onFile) };
  } catch (error) {
    index.close();
    throw error;
  }
}
