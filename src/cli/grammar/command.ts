import { type BaseContext, Command } from 'clipanion';
import type { TSchema } from 'typebox';
import { assertOwnHome } from '../../config/home-owner.ts';
import type { Texts } from '../../report/text/pager.ts';
import { printError } from '../../report/views/errors.ts';
import { answerText, type Call, pageTexts, type Surroundings, showAnswer } from '../output/call.ts';
import { flag } from './option.ts';

/** The base of all commands: --json, errors with an exit code, opening and closing the context. */
export abstract class PlainCommand<Report = never> extends Command implements Call<Report> {
  /** The schema of the --json output, the source of docs/schemas; null if only errors are JSON. */
  static report?: TSchema | null;
  /** Whether it streams its reports, one per line. */
  static manyReports = false;
  /** False if it makes nothing in AGENTPOOL_HOME, so that root may run it in the home of another user. */
  static usesHome = true;
  /** The exit code for a usage error. */
  static usageExit = 2;

  declare context: BaseContext & Surroundings;
  /** Whether --plain is given: one figure or record per line. A command with such an output declares `plainFlag`. */
  plain = false;
  /**
   * Whether an answer longer than the terminal goes through the pager. A command with long answers declares
   * `pagerFlag`.
   */
  pager = false;
  json = flag('--json', 'print one JSON object');

  /** Does the work. Returns the exit code; undefined means 0. */
  abstract work(): Promise<number | undefined>;

  async execute(): Promise<number> {
    const { stdout, stderr, env } = this.context;
    const { usageExit, usesHome } = this.constructor as typeof PlainCommand;
    try {
      if (usesHome) assertOwnHome(env);
      return (await this.work()) ?? 0;
    } catch (error) {
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

  /** Prints texts as they arrive, page by page on a terminal. */
  page(texts: Texts): Promise<void> {
    return pageTexts(this, texts);
  }
}
