import { Command } from 'clipanion';
import type { House } from '../workers/house.ts';
import { standing, statusOf } from '../workers/status.ts';
import { Status } from '../workers/status-schema.ts';
import { HouseCommand } from './command.ts';
import { plainOption } from './option.ts';
import { statusLines } from './output/status.ts';

export default class StatusCommand extends HouseCommand<Status> {
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

  async run(house: House): Promise<undefined> {
    const now = new Date();
    const capacity = standing(house.ledger, house, now);
    const status = statusOf(house.ledger, house, capacity, now);
    await this.show(status, () => statusLines(status, capacity, this.context.stdout).join('\n'));
  }
}
