import { Command } from 'clipanion';
import { statusLines } from '../../report/views/status.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { Status } from '../../workers/core/status-schema.ts';
import { current, statusOf } from '../../workers/queries/status.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { plainOption } from '../grammar/option.ts';

export default class StatusCommand extends LedgerCommand<Status> {
  static override paths = [['status']];
  static override report = Status;
  static override usage = Command.Usage({
    category: 'See how it goes',
    description: 'where things stand: what is left, who works, who waits',
    details: 'The same as `agentpool` alone. Reads the ledger and asks nobody.',
    examples: [
      ['Where things stand', '$0 status'],
      ['For a script', '$0 status --json'],
    ],
  });

  override plain = plainOption();

  async run(app: AppContext): Promise<undefined> {
    const now = new Date();
    const capacity = current(app.ledger, app, now);
    const status = statusOf(app.ledger, app, capacity, now);
    await this.show(status, () => statusLines(status, capacity, this.context.stdout).join('\n'));
  }
}
