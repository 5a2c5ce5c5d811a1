import { type BaseContext, Command } from 'clipanion';
import { isProviderName } from '../../../config/provider-ids.ts';
import { errorCodes } from '../../../lib/error-codes/index.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { columnsOf, hasColor } from '../../../report/text/style.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { pagerFlag, rest } from '../../grammar/option.ts';
import { type Grammar, HelpReport } from '../../grammar/schema.ts';
import { errorCodeNamed, errorHelp, errorList } from '../../help/errors.ts';
import { page } from '../../help/layout.ts';
import { helpText } from '../../help/text.ts';
import { unknownCommand } from '../../unknown-command.ts';

/** Help covers all commands, including itself: the caller passes their grammars, which avoids a circular import. */
export interface HelpContext extends BaseContext {
  grammars: () => Promise<Grammar[]>;
}

export default class Help extends PlainCommand<HelpReport> {
  static override paths = [['help']];
  static override usesHome = false;
  static override report = HelpReport;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'Show help for a command or an error',
    examples: [
      ['List every command', '$0 help'],
      ['Show one command', '$0 help spawn'],
      ['Show a group of commands', '$0 help ledger'],
      ['Show what an error means', '$0 help error LEASE_CONFLICT'],
      ['List every error', '$0 help errors'],
      ['Print the same as JSON', '$0 help spawn --json'],
    ],
  });

  declare context: HelpContext;
  words = rest('COMMAND');
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const [first, code, ...more] = this.words;
    if (more.length === 0 && /^errors?$/.test(first ?? '')) return this.#errors(code);
    const grammars = await this.context.grammars();
    const { stdout } = this.context;
    const shown = page(columnsOf(stdout), hasColor(stdout));
    // What follows the name of an agent are the words of `run`.
    const words = this.words.length === 1 && isProviderName(first ?? '') ? ['run'] : this.words;
    const text = helpText(words, grammars, { version: packageVersion(), page: shown });
    if (text === null)
      throw unknownCommand(
        this.words,
        grammars.map(({ path }) => path),
      );
    const named = words.join(' ');
    const about = grammars.filter(
      ({ path }) => named === '' || path === named || path.startsWith(`${named} `),
    );
    await this.show({ commands: about }, () => text);
  }

  async #errors(code: string | undefined): Promise<undefined> {
    const { stdout } = this.context;
    const shown = page(columnsOf(stdout), hasColor(stdout));
    if (code === undefined) {
      const errors = Object.entries(errorCodes).map(([code, { kind, means, fix }]) => ({
        code,
        kind,
        means,
        fix,
      }));
      await this.show({ errors }, () => errorList(shown));
    } else {
      const known = errorCodeNamed(code);
      const { kind, means, fix } = errorCodes[known];
      await this.show({ errors: [{ code: known, kind, means, fix }] }, () => errorHelp(known, shown));
    }
  }
}
