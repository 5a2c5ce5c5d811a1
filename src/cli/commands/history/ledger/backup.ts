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
      Uses SQLite's online backup: workers and queries keep running. The hash chain of the copy is verified before the file gets its name, so an existing backup is a complete one. To restore it, put it in place of the ledger (\`agentpool ledger stats\` prints its path) while nothing runs.
    `,
    examples: [['Make a backup named after today', '$0 ledger backup ~/agentpool-$(date +%F).sqlite']],
  });
  protected override reconciles = false;

  file = argument('FILE', { required: true });
  force = flag('--force', 'replace an existing file');

  async run({ ledger }: AppContext): Promise<undefined> {
    const file = resolve(this.file);
    const progress = new ProgressLine(this.context.stderr, 'verifying the copy');
    const all = ledger.store.lastPosition();
    const onVerification = (position: number) => progress.at(position, all);
    const made = await storing(file, () =>
      backup(ledger.store, file, { force: this.force, onVerification }),
    ).finally(() => progress.end());
    this.print(made, ({ events, head }) => {
      const sign = paint(this.context.stdout).green('✓');
      return `${sign} ${counted(events, 'event')}, ${bytes(made.bytes)}, proved: ${file}\n  hash of the last event: ${head}`;
    });
  }
}
