import { Command } from 'clipanion';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { Interruption, interruptWorker } from '../workers/steer.ts';
import { HouseCommand } from './command.ts';
import { Option } from './option.ts';

export default class Interrupt extends HouseCommand<Interruption> {
  static override paths = [['interrupt']];
  static override report = Interruption;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'ask a worker to stop its turn; it lives on',
    examples: [['Stop what the newest worker does', '$0 interrupt @last']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'say what would be done' });

  async run(house: House): Promise<undefined> {
    const session = sessionNamed(house, this.session);
    if (this.dryRun) {
      const would_interrupt = session.alive === 1;
      this.print({ ok: true, session_id: session.id, dry_run: true, would_interrupt }, () =>
        would_interrupt ? `would interrupt ${session.id}` : `${session.id} has ended`,
      );
      return;
    }
    this.print(
      await interruptWorker(house, session),
      ({ session_id, state }) => `interrupted ${session_id} (${state})`,
    );
  }
}
