import { Command } from 'clipanion';
import { queueLines, queuePlain } from '../../../../report/views/batch/queue.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { QueueReport, queueReport } from '../../../../workers/queue/commands.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

export default class QueueList extends LedgerCommand<QueueReport> {
  static override paths = [['queue', 'list'], ['queue']];
  static override report = QueueReport;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'List the queued workers, and what each waits for',
    details: `
      \`spawn --queue\` puts a request here if a limit, the number of workers or a lease is in its way. The watcher starts each as soon as it can, in the order of its account.
    `,
    examples: [
      ['List them', '$0 queue'],
      ['As JSON', '$0 queue --json'],
    ],
  });

  override plain = plainFlag('one request');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const { now } = app.given();
    const human = (report: QueueReport) => queueLines(report, this.context.stdout, now).join('\n');
    await this.show(queueReport(app), human, queuePlain);
  }
}
