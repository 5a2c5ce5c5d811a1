import { resolve } from 'node:path';
import { Command } from 'clipanion';
import { Backup, backup } from '../../../events/transfer/backup.ts';
import { storing } from '../../../lib/files/private-files.ts';
import { bytes } from '../../../lib/text/bytes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { ProgressLine } from '../../../report/text/progress.ts';
import { paint } from '../../../report/text/style.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option } from '../../grammar/option.ts';

export default class LedgerBackup extends LedgerCommand<Backup> {
  static override paths = [['ledger', 'backup']];
  static override report = Backup;
  static override usage = Command.Usage({
    category: 'Look back',
    description: 'copy the ledger into one file, while everything goes on',
    details: `
      SQLite's online backup: workers and queries need not stop. The copy's hash chain is proved before it takes its name, so a file that is there is a whole one. To restore it, put it in the place of the ledger (\`agentpool ledger stats\` names it) while nothing runs.
    `,
    examples: [['A copy for today', '$0 ledger backup ~/agentpool-$(date +%F).sqlite']],
  });
  protected override reconciles = false;

  file = Option.String({ required: true, name: 'FILE' });
  force = Option.Boolean('--force', false, { description: 'replace a file that is there' });

  async run({ ledger }: AppContext): Promise<undefined> {
    const file = resolve(this.file);
    const progress = new ProgressLine(this.context.stderr, 'proving the copy');
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
