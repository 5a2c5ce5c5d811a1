import { join, resolve } from 'node:path';
import { Command } from 'clipanion';
import { Backup, backup } from '../../../../events/transfer/backup.ts';
import {
  rememberedVerification,
  rememberVerification,
  VERIFIED,
  VERIFIED_CHAIN,
  type VerifiedEnd,
} from '../../../../events/verification/memory.ts';
import { storing } from '../../../../lib/files/private-files.ts';
import { bytes } from '../../../../lib/text/bytes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import { notVerified } from '../../../../report/views/history/trusted.ts';
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
      Copies the files of the database while workers and queries keep running. Before the copy gets its name, it is verified: no page of it is missing, its hash chain holds, and its last event is the ledger's. An existing backup is a complete one.

      Of the hash chain, only what was appended since the last whole verification is read: since the last \`ledger verify\`, or since a backup that verified all of it, as the first one does. The output names both parts. \`--verify\` verifies the whole chain of the copy, as long as that takes. To restore a backup, put it in place of the ledger (\`agentpool ledger stats\` prints its path) while nothing runs.
    `,
    examples: [
      ['Make a backup named after today', '$0 ledger backup ~/agentpool-$(date +%F).sqlite'],
      ['Read every event of the copy too', '$0 ledger backup agentpool.sqlite --verify'],
    ],
  });
  protected override reconciles = false;

  file = argument('FILE', { required: true });
  force = flag('--force', 'replace an existing file');
  verify = flag('--verify', 'verify the whole hash chain of the copy');

  async run({ ledger, paths }: AppContext): Promise<undefined> {
    const file = resolve(this.file);
    const { stderr } = this.context;
    const copying = new ProgressLine(stderr, 'copying', { unit: 'MB' });
    const verifying = new ProgressLine(stderr, 'verifying the copy');
    const all = ledger.store.lastPosition();
    const made = await storing(file, () =>
      backup(ledger.store, file, {
        force: this.force,
        remembered: this.verify ? [] : remembered(paths.run),
        onCopy: (done, size) => copying.at(megabytes(done), megabytes(size)),
        onVerification: (position) => verifying.at(position, all),
      }),
    ).finally(() => {
      copying.end();
      verifying.end();
    });
    const { events: position, head: hash, trusted } = made;
    if (!trusted && position > 0)
      rememberVerification(join(paths.run, VERIFIED_CHAIN), { position, hash, at: new Date().toISOString() });
    this.print(made, (written) => this.#words(written));
  }

  #words({ file, bytes: size, events, head, verified_events, trusted }: Backup): string {
    const sign = paint(this.context.stdout).green('✓');
    const parts = trusted
      ? [`verified now: ${counted(verified_events, 'event')}`, notVerified(trusted)]
      : ['verified now: the whole hash chain'];
    return [
      `${sign} ${counted(events, 'event')}, ${bytes(size)}: ${file}`,
      ...[...parts, `hash of the last event: ${head}`].map((line) => `  ${line}`),
    ].join('\n');
  }
}

const remembered = (run: string): (VerifiedEnd | null)[] =>
  [VERIFIED, VERIFIED_CHAIN].map((name) => rememberedVerification(join(run, name)));

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
