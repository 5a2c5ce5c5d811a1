import { loadConfig } from '../config/load.ts';
import { reconcileIfNeeded } from '../workers/commands/reconcile.ts';
import type { AppContext } from '../workers/core/context.ts';

/** A change of config.yaml holds from the next call on, and the ledger is true before it is asked. */
export async function atWork(app: AppContext): Promise<AppContext> {
  const { config, warnings } = await loadConfig(app.home, app.env);
  Object.assign(app, { config, warnings });
  await reconcileIfNeeded(app);
  return app;
}
