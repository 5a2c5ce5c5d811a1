import { Command } from 'clipanion';
import { Collected } from '../../../workers/commands/results/collect.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, value, worker } from '../../grammar/option.ts';
import { run } from '../../workers/collect.ts';

export default class Collect extends LedgerCommand<Collected> {
  static override paths = [['collect']];
  static override report = Collected;
  static override usage = Command.Usage({
    category: 'Results',
    description: "Gather a worker's patch, result and log",
    details: `
      The patch holds every change since the spawn: unstaged, staged, untracked, committed, renamed and binary files. Your index and your work tree stay untouched, and nothing is merged.
    `,
    examples: [['Gather and read the result', '$0 collect @last --detail excerpt']],
  });

  session = worker();
  detail = value('--detail', 'how much to print: summary, excerpt or full', { initially: 'summary' });
  override pager = pagerFlag();

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
