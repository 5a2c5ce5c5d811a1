import { Command } from 'clipanion';
import type { TSchema } from 'typebox';
import { type House, openHouse } from '../workers/house.ts';
import { beTruthful } from '../workers/reconcile.ts';
import { Option } from './option.ts';
import { printError } from './output/errors.ts';

/** What all commands share: --json, errors in words with an exit code, the house opened and closed. */
export abstract class PlainCommand<Report = never> extends Command {
  /** The schema of what --json prints, from which docs/schemas is written; null where only errors are JSON. */
  static report?: TSchema | null;
  /** It prints such a report a line, as they come. */
  static manyReports = false;
  /** The exit code for words that the command does not take. */
  static usageExit = 2;

  json = Option.Boolean('--json', false, { description: 'print one JSON object' });

  /** Does the work; what it returns is the exit code, nothing is 0. */
  abstract work(): Promise<number | undefined>;

  async execute(): Promise<number> {
    try {
      return (await this.work()) ?? 0;
    } catch (error) {
      const { stdout, stderr } = this.context;
      const { usageExit } = this.constructor as typeof PlainCommand;
      return printError(error, { json: this.json, stdout, stderr, usageExit });
    }
  }

  /** Prints the value: as JSON where asked for, else in the words of `human`. */
  print<T extends Report>(value: T, human: (value: T) => string): void {
    const text = this.json ? JSON.stringify(value) : human(value);
    this.context.stdout.write(`${text.replace(/\n$/, '')}\n`);
  }
}

/** A command that works on the ledger of this AGENTPOOL_HOME. */
export abstract class HouseCommand<Report = never> extends PlainCommand<Report> {
  /** Who appends what this command does. */
  protected actor = 'cli';
  /** Whether the ledger is first made true where processes have died. */
  protected truthful = true;

  abstract run(house: House): Promise<number | undefined> | number | undefined;

  async work(): Promise<number | undefined> {
    const house = await openHouse(this.context.env, this.actor);
    try {
      if (this.truthful) await beTruthful(house);
      return await this.run(house);
    } finally {
      house.ledger.close();
    }
  }
}
