import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { importLines } from '../../../../events/transfer/transfer.ts';
import { storing } from '../../../../lib/files/private-files.ts';
import { count, text } from '../../../../lib/shapes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { linesOf } from '../../../../report/text/lines.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument } from '../../../grammar/option.ts';

const Imported = Type.Object({ file: text, ledger: text, imported: count, already_there: count });
type Imported = Static<typeof Imported>;

export default class LedgerImport extends LedgerCommand<Imported> {
  static override paths = [['ledger', 'import']];
  static override report = Imported;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Read an exported log into this ledger',
    details: `
      The ledger must be empty, or hold the beginning of the same history. Every hash is verified; a line that breaks the chain is reported, and nothing is imported.
    `,
    examples: [
      ['Import into a new home', 'AGENTPOOL_HOME=~/other $0 ledger import history.ndjson'],
      ['Import from a pipe', 'gunzip -c history.ndjson.gz | $0 ledger import -'],
    ],
  });
  protected override reconciles = false;

  file = argument('FILE', { required: true });

  async run({ ledger, paths }: AppContext): Promise<undefined> {
    const file = this.file === '-' ? '-' : resolve(this.file);
    const progress = new ProgressLine(this.context.stderr, 'importing');
    const done = await storing(file, async () => {
      const lines = file === '-' ? linesOf(this.context.stdin as Readable) : this.#linesIn(file);
      return importLines(ledger.store, lines, (done, all) => progress.at(done, all));
    }).finally(() => progress.end());
    this.print({ file, ledger: paths.ledger, ...done }, ({ imported, already_there }) => {
      const known = already_there > 0 ? `, ${already_there} were there already` : '';
      return `${paint(this.context.stdout).green('✓')} ${counted(imported, 'event')} imported${known}: ${paths.ledger}`;
    });
  }

  async *#linesIn(file: string): AsyncGenerator<string> {
    const progress = new ProgressLine(this.context.stderr, 'reading', { unit: 'MB' });
    // Before the stream is opened: an abandoned stream would end the process with an unhandled error.
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const input = createReadStream(file);
    try {
      for await (const line of linesOf(input)) {
        progress.at(megabytes(input.bytesRead), megabytes(size));
        yield line;
      }
    } finally {
      progress.end();
    }
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
