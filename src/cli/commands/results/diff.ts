import { Command } from 'clipanion';
import { plainRecord } from '../../../report/text/plain.ts';
import { diffText, plainFiles } from '../../../report/views/workers/patch.ts';
import { Diff, diffOf } from '../../../workers/commands/results/patch.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag, worker } from '../../grammar/option.ts';

export default class DiffCommand extends LedgerCommand<Diff> {
  static override paths = [['diff']];
  static override report = Diff;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'Show what a worker changed',
    details: `
      The patch of everything since the spawn, of this moment; once its folder is gone, the one that was collected. It is for reading: redacted, and without control characters. \`agentpool apply\` takes the exact one.
    `,
    examples: [
      ['Read the patch', '$0 diff @last'],
      ['Count the lines per file', '$0 diff @last --stat'],
    ],
  });

  session = worker();
  stat = flag('--stat', 'the files with their numbers of lines, without the patch');
  override plain = plainFlag('one file');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const diff = await diffOf(app, sessionNamed(app, this.session), { stat: this.stat });
    await this.show(
      diff,
      (each) => diffText(each, this.context.stdout),
      ({ files }) => plainFiles(files).map((fields) => plainRecord(...fields)),
    );
  }
}
