import { Command } from 'clipanion';
import { type Interrupted, Interruption, interruptWorker } from '../../../workers/commands/interrupt.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, worker } from '../../grammar/option.ts';

export default class Interrupt extends LedgerCommand<Interruption> {
  static override paths = [['interrupt']];
  static override report = Interruption;
  static override usage = Command.Usage({
    category: 'Work',
    description: "Stop a worker's turn and keep it running",
    examples: [['Stop the turn of the newest worker', '$0 interrupt @last']],
  });

  session = worker();
  dryRun = flag('--dry-run', 'show what would happen, and do nothing');

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    if (this.dryRun) {
      const would_interrupt = session.alive === 1;
      this.print({ ok: true, session_id: session.id, dry_run: true, would_interrupt }, () =>
        would_interrupt ? `would interrupt ${session.id}` : `${session.id} has ended`,
      );
      return;
    }
    this.print(await interruptWorker(app, session), (done) => inWords(done as Interrupted));
  }
}

const inWords = ({ session_id, state, delivery, reason }: Interrupted): string =>
  delivery === 'delivered'
    ? `interrupted ${session_id} (${state})`
    : `not confirmed for ${session_id} (${state}): ${reason}`;
