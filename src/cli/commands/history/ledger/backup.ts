import { resolve } from 'node:path';
import { Command } from 'clipanion';
import { Backup, backup } from '../../../../events/transfer/backup.ts';
import { storing } from '../../../../lib/files/private-files.ts';
import { bytes } from '../../../../lib/text/bytes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument, flag } from '../../../grammar/option.ts';

export default class LedgerBackup extends LedgerCommand<Backup> {
  static override paths = [['ledger', 'backup']];
  static override report = Backup;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Copy the ledger into one file while it is in use',
    details: `
      Copies the files of the database while workers and queries keep running. Before the copy gets its name, all of its hash chain is verified, and its last event is compared with the ledger: an existing backup is a complete one. To restore it, put it in place of the ledger (\`agentpool ledger stats\` prints its path) while nothing runs.
    `,
    examples: [['Make a backup named after today', '$0 ledger backup ~/agentpool-$(date +%F).sqlite']],
  });
  protected override reconciles = false;

  file = argument('FILE', { required: true });
  force = flag('--force', 'replace an existing file');

  async run({ ledger }: AppContext): Promise<undefined> {
    const file = resolve(this.file);
    const { stderr } = this.context;
    const copying = new ProgressLine(stderr, 'copying', { unit: 'MB' });
    const verifying = new ProgressLine(stderr, 'verifying the copy');
    const all = ledger.store.lastPosition();
    const made = await storing(file, () =>
      backup(ledger.store, file, {
        force: this.force,
        onCopy: (done, size) => copying.at(megabytes(done), megabytes(size)),
        onVerification: (position) => verifying.at(position, all),
      }),
    ).finally(() => {
      copying.end();
      verifying.end();
    });
    this.print(made, ({ events, head }) => {
      const sign = paint(this.context.stdout).green('✓');
      return `${sign} ${counted(events, 'event')}, ${bytes(made.bytes)}, proved: ${file}\n  hash of the last event: ${head}`;
    });
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
