import { loadConfig } from '../../config/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { openReader } from '../../projections/reader.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import { knownSummary } from '../../usage/capacity/known-summary.ts';
import { print } from './print.ts';

/**
 * `agentpool usage-summary --json` by the short way, for status lines and agents that ask before every task. False where
 * it does not serve: other words, no ledger yet, or a provider or this machine has to be asked first.
 */
export async function quickUsageSummary(words: string[], env: Env): Promise<boolean> {
  if (words.join(' ') !== '--json') return false;
  const loaded = await loadConfig(homeFolder(env), env);
  const reader = openReader(loaded.paths.ledger, [usageSummary]);
  if (!reader) return false;
  try {
    const summary = knownSummary(reader, { ...loaded, env });
    if (summary) print(`${JSON.stringify(summary)}\n`);
    return summary !== null;
  } finally {
    reader.close();
  }
}
