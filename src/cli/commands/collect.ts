import { Command } from 'clipanion';
import { collectedLines } from '../../report/views/collected.ts';
import { Collected, collectWorker } from '../../workers/commands/collect.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option, pagerOption } from '../grammar/option.ts';
import { detailNamed } from './observe.ts';

export default class Collect extends LedgerCommand<Collected> {
  static override paths = [['collect']];
  static override report = Collected;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'gather what a worker made: patch, result, log',
    details: `
      The patch holds everything that changed since the spawn: unstaged, staged, untracked, committed, renamed, binary.
      Your index and work tree are not touched, and nothing is merged.
    `,
    examples: [['Gather and read the result', '$0 collect @last --detail excerpt']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  detail = Option.String('--detail', 'summary', { description: 'summary, excerpt or full' });
  override pager = pagerOption();

  async run(app: AppContext): Promise<undefined> {
    const detail = detailNamed(this.detail);
    const session = sessionNamed(app, this.session);
    await this.show(await collectWorker(app, session, detail), (collected) =>
      collectedLines(collected, this.context.stdout).join('\n'),
    );
  }
}
