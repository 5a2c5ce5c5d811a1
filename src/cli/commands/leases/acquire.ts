import { Command } from 'clipanion';
import { leaseModes } from '../../../events/catalogue/words.ts';
import { leaseLine } from '../../../report/views/lease-line.ts';
import { AcquiredLease, acquireLease } from '../../../workers/commands/leases.ts';
import { reconcileIfNeeded } from '../../../workers/commands/reconcile.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option, oneOf, wholeNumber } from '../../grammar/option.ts';

export default class LeasesAcquire extends LedgerCommand<AcquiredLease> {
  static override paths = [['leases', 'acquire']];
  static override report = AcquiredLease;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'reserve a file or a folder for a worker',
    details: `
      Readers share a path, a writer has it alone, and a folder covers what is below it. It is an agreement between workers: nothing keeps a program from writing. Asking again renews the lease; a reader that asks for \`write\` becomes the writer. A lease ends by its time, by \`leases release\`, or with its session.

      A relative path starts in your folder where that lies in the worker's repository, else in the folder that the worker was spawned for.
    `,
    examples: [
      [
        'Let the newest worker alone change a file',
        '$0 leases acquire --session-id @last --file src/parser.ts',
      ],
      [
        'Let it read a folder for ten minutes',
        '$0 leases acquire --session-id @last --file src --mode read --ttl-seconds 600',
      ],
    ],
  });

  session = Option.String('--session-id', {
    required: true,
    description: 'the worker: an id, its beginning, or @last',
  });
  file = Option.String('--file', { required: true, description: 'the path; it need not exist yet' });
  mode = Option.String('--mode', 'write', {
    description: leaseModes.join(' or '),
    validator: oneOf(leaseModes),
  });
  ttl = Option.String('--ttl-seconds', {
    description: 'after so long it ends by itself; without it, with the session',
    validator: wholeNumber(1),
  });

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const { session, file, mode } = this;
    const acquired = acquireLease(app, {
      session,
      file,
      mode,
      ttlSeconds: this.ttl ?? null,
      cwd: process.cwd(),
    });
    this.print(acquired, ({ lease }) => leaseLine(lease, this.context.stdout));
  }
}
