import { AGENT_IDS, type AgentId } from '../config/provider-ids.ts';
import type { CallersOwn } from './contract/callers-own.ts';

/**
 * What every agent sets for its own processes: `callersOwn` in `src/agents/<id>/environment.ts`, of those that have such
 * a file. A worker of any agent gets none of it: its commands may start any other.
 */
export async function everyCallersOwn(): Promise<readonly CallersOwn[]> {
  return (await Promise.all(AGENT_IDS.map(callersOwnOf))).flat();
}

/** [] for an agent of which nothing is known: it has no such file. */
export async function callersOwnOf(id: AgentId): Promise<readonly CallersOwn[]> {
  try {
    const found = (await import(`./${id}/environment.ts`)) as { callersOwn: readonly CallersOwn[] } | null;
    return found?.callersOwn ?? [];
  } catch {
    return [];
  }
}
