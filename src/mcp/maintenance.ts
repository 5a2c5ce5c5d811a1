import { loadConfig } from '../config/load.ts';
import { reconcileIfNeeded } from '../workers/commands/reconcile.ts';
import type { AppContext } from '../workers/core/context.ts';

/**
 * Prepares the context for a call: reloads config.yaml, so that a change applies to the next call, and reconciles the
 * ledger.
 */
export async function prepare(app: AppContext): Promise<AppContext> {
  const { config, warnings } = await loadConfig(app.home, app.env);
  Object.assign(app, { config, warnings });
  await reconcileIfNeeded(app);
  return app;
}
