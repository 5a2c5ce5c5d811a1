import { type BaseContext, Command } from 'clipanion';
import type { TSchema } from 'typebox';
import { loadConfig, loadLastValidConfig } from '../../config/load.ts';
import type { Texts } from '../../report/text/pager.ts';
import { printError } from '../../report/views/errors.ts';
import { reconcileIfNeeded } from '../../workers/commands/reconcile.ts';
import { type AppContext, openApp } from '../../workers/core/context.ts';
import { answerText, type Call, pageTexts, type Surroundings, showAnswer } from '../output/call.ts';
import { flag } from './option.ts';

/** What all commands share: --json, errors with an exit code, the context opened and closed. */
export abstract class PlainCommand<Report = never> extends Command implements Call<Report> {
  /** The schema of what --json prints, from which docs/schemas is written; null where only errors are JSON. */
  static report?: TSchema | null;
  /** Whether it prints one such report per line, as they come. */
  static manyReports = false;
  /** The exit code for a wrong command line. */
  static usageExit = 2;

  declare context: BaseContext & Surroundings;
  /** Whether one figure or record per line was asked for; a command with such declares `plainFlag`. */
  plain = false;
  /** Whether an answer longer than the terminal goes through the pager; a command with such declares `pagerFlag`. */
  pager = false;
  json = flag('--json', 'print one JSON object');

  /** Does the work; what it returns is the exit code, nothing is 0. */
  abstract work(): Promise<number | undefined>;

  async execute(): Promise<number> {
    try {
      return (await this.work()) ?? 0;
    } catch (error) {
      const { stdout, stderr, env } = this.context;
      const { usageExit } = this.constructor as typeof PlainCommand;
      return printError(error, { json: this.json, stdout, stderr, env, usageExit });
    }
  }

  print<T extends Report>(value: T, human: (value: T) => string): void {
    this.context.stdout.write(answerText(this.json, value, human));
  }

  show<T extends Report>(
    value: T,
    human: (value: T) => string,
    plainly?: (value: T) => string[],
  ): Promise<void> {
    return showAnswer(this, value, human, plainly);
  }

  /** Prints texts as they come, page by page where a person reads. */
  page(texts: Texts): Promise<void> {
    return pageTexts(this, texts);
  }
}

/** A command that works on the ledger of this AGENTPOOL_HOME. */
export abstract class LedgerCommand<Report = never> extends PlainCommand<Report> {
  /** Who appends what this command does. */
  protected actor = 'cli';
  /** Whether workers whose processes have died are recorded first. */
  protected reconciles = true;
  /** False where it works on the last valid config while config.yaml has a fault. */
  protected needsValidConfig = true;

  abstract run(app: AppContext): Promise<number | undefined> | number | undefined;

  async work(): Promise<number | undefined> {
    const load = this.needsValidConfig ? loadConfig : loadLastValidConfig;
    const app = await openApp(this.context.env, this.actor, { load });
    try {
      if (this.reconciles) await reconcileIfNeeded(app);
      return await this.run(app);
    } finally {
      app.ledger.close();
    }
  }
}
