import { Command } from 'clipanion';
import { leaseModes } from '../../../../events/catalogue/words.ts';
import { leaseLine } from '../../../../report/views/workers/lease-line.ts';
import { AcquiredLease, acquireLease } from '../../../../workers/commands/leases.ts';
import { reconcileIfNeeded } from '../../../../workers/commands/reconcile.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { oneOf, value, wholeNumber, worker } from '../../../grammar/option.ts';

export default class LeasesAcquire extends LedgerCommand<AcquiredLease> {
  static override paths = [['leases', 'acquire']];
  static override report = AcquiredLease;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'Reserve a file or a folder for a worker',
    details: `
      Readers share a path, a writer has it alone, and a folder covers everything below it. A lease is an agreement between workers: it does not block writes. Acquiring it again renews it; a reader that asks for \`write\` becomes the writer. A lease ends at its time, with \`leases release\`, or with its session.

      A relative path starts in the current folder when that is in the worker's repository, else in the folder that the worker was spawned for.
    `,
    examples: [
      ['Reserve a file for the newest worker', '$0 leases acquire @last --file src/parser.ts'],
      [
        'Let it read a folder for ten minutes',
        '$0 leases acquire @last --file src --mode read --ttl-seconds 600',
      ],
    ],
  });

  session = worker();
  file = value('--file', 'the path; it need not exist yet', { required: true });
  mode = value('--mode', leaseModes.join(' or '), { takes: oneOf(leaseModes), initially: 'write' });
  ttlSeconds = value('--ttl-seconds', 'how many seconds it lasts; without it, until the session ends', {
    takes: wholeNumber(1),
  });

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const { session, file, mode } = this;
    const acquired = await acquireLease(app, {
      session,
      file,
      mode,
      ttlSeconds: this.ttlSeconds ?? null,
      cwd: process.cwd(),
    });
    this.print(acquired, ({ lease }) => leaseLine(lease, this.context.stdout));
  }
}
