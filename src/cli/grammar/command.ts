import { Command } from 'clipanion';
import type { TSchema } from 'typebox';
import { loadConfig, loadLastValidConfig } from '../../config/load.ts';
import { page, pour, type Texts } from '../../report/text/pager.ts';
import { plainLines } from '../../report/text/plain.ts';
import { printError } from '../../report/views/errors.ts';
import { reconcileIfNeeded } from '../../workers/commands/reconcile.ts';
import { type AppContext, openApp } from '../../workers/core/context.ts';
import { Option } from './option.ts';

/** What all commands share: --json, errors in words with an exit code, the house opened and closed. */
export abstract class PlainCommand<Report = never> extends Command {
  /** The schema of what --json prints, from which docs/schemas is written; null where only errors are JSON. */
  static report?: TSchema | null;
  /** It prints such a report a line, as they come. */
  static manyReports = false;
  /** The exit code for words that the command does not take. */
  static usageExit = 2;

  /** Whether one figure or record a line was asked for; a command with such declares `plainOption`. */
  plain = false;
  /** Whether what is longer than the terminal goes through the pager; a command with such declares `pagerOption`. */
  pager = false;
  json = Option.Boolean('--json', false, { description: 'print one JSON object' });

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

  /** Prints the value: as JSON where asked for, else in the words of `human`. */
  print<T extends Report>(value: T, human: (value: T) => string): void {
    const text = this.json ? JSON.stringify(value) : human(value);
    this.context.stdout.write(whole(text));
  }

  /** Prints what may be long: as JSON, as the lines of --plain, or in words; what is read goes page by page. */
  async show<T extends Report>(
    value: T,
    human: (value: T) => string,
    plainly: (value: T) => string[] = plainLines,
  ): Promise<void> {
    if (this.json) this.print(value, human);
    else await this.page(this.plain ? plainly(value).map(whole) : [whole(human(value))]);
  }

  /** Prints texts as they come, page by page where somebody reads. */
  page(texts: Texts): Promise<void> {
    const { stdout, env } = this.context;
    return this.pager && !this.json ? page(texts, stdout, env) : pour(texts, stdout);
  }
}

const whole = (text: string) => `${text.replace(/\n$/, '')}\n`;

/** A command that works on the ledger of this AGENTPOOL_HOME. */
export abstract class LedgerCommand<Report = never> extends PlainCommand<Report> {
  /** Who appends what this command does. */
  protected actor = 'cli';
  /** Whether the ledger is first made true where processes have died. */
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
