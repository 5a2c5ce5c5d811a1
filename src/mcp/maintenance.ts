import type { AgentPoolError } from '../lib/errors.ts';
import { reconcileIfNeeded } from '../workers/commands/reconcile.ts';
import { type AppContext, reloadConfig } from '../workers/core/context.ts';

/**
 * Prepares a call: a change of config.yaml applies from this call on, and the ledger is reconciled before it is read.
 * Gives the error of a config.yaml that has become invalid; the last valid one stays in force.
 */
export async function prepare(app: AppContext): Promise<AgentPoolError | null> {
  const invalid = await reloadConfig(app);
  await reconcileIfNeeded(app);
  return invalid;
}
