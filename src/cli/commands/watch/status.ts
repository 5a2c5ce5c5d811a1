import { Command } from 'clipanion';
import { statusLines } from '../../../report/views/status.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { Status } from '../../../workers/core/setup/status-schema.ts';
import { current, statusOf } from '../../../workers/queries/status.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { plainFlag } from '../../grammar/option.ts';

export default class StatusCommand extends LedgerCommand<Status> {
  static override paths = [['status']];
  static override report = Status;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Show limits, running workers, and who is waiting',
    details: 'The same as `agentpool` without a command. Reads the ledger; no provider is contacted.',
    examples: [
      ['Show the status', '$0 status'],
      ['Print it for a script', '$0 status --json'],
    ],
  });

  override plain = plainFlag();

  async run(app: AppContext): Promise<undefined> {
    const now = new Date();
    const capacity = current(app.ledger, app, now);
    const status = statusOf(app.ledger, app, capacity, now);
    await this.show(status, () => statusLines(status, capacity, this.context.stdout).join('\n'));
  }
}
