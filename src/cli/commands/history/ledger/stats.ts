import { Command } from 'clipanion';
import { ledgerStats, LedgerStats as Stats } from '../../../../projections/projector/ledger-stats.ts';
import { ledgerStatsText } from '../../../../report/views/history/ledger-stats.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

export default class LedgerStats extends LedgerCommand<Stats> {
  static override paths = [['ledger', 'stats']];
  static override report = Stats;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Show the size of the log by event type, and its tables',
    examples: [['Show what fills the ledger', '$0 ledger stats']],
  });
  protected override reconciles = false;
  override plain = plainFlag();
  override pager = pagerFlag();

  async run({ ledger, paths }: AppContext): Promise<undefined> {
    const stats = ledger.store.reading(() => ledgerStats(ledger, paths));
    await this.show(stats, (reported) => ledgerStatsText(reported, this.context.stdout, new Date()));
  }
}
