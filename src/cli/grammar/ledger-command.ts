import { loadConfig, loadLastValidConfig } from '../../config/file/load.ts';
import { reconcileIfNeeded } from '../../workers/commands/reconcile.ts';
import { type AppContext, openApp } from '../../workers/core/context.ts';
import { PlainCommand } from './command.ts';

const notRecording = (file: string, why: string): string =>
  `${file} may only be read (${why}): this is what it recorded, and nothing is recorded now`;

/** A command that works on the ledger of this AGENTPOOL_HOME. */
export abstract class LedgerCommand<Report = never> extends PlainCommand<Report> {
  /** The actor of the events that this command appends. */
  protected actor = 'cli';
  /** Whether workers whose processes have died are recorded first. */
  protected reconciles = true;
  /** False if it falls back to the last valid config while config.yaml is invalid. */
  protected needsValidConfig = true;

  abstract run(app: AppContext): Promise<number | undefined> | number | undefined;

  async work(): Promise<number | undefined> {
    const load = this.needsValidConfig ? loadConfig : loadLastValidConfig;
    const app = await openApp(this.context.env, this.actor, { load });
    try {
      const { readOnly } = app.ledger.store;
      if (readOnly !== null)
        this.context.stderr.write(`agentpool: ${notRecording(app.paths.ledger, readOnly)}\n`);
      if (this.reconciles) await reconcileIfNeeded(app);
      return await this.run(app);
    } finally {
      app.ledger.close();
    }
  }
}
