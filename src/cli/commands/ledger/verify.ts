import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { text } from '../../../lib/shapes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { LedgerVerification, verifyLedger } from '../../../projections/replay/verify-ledger.ts';
import { ProgressLine } from '../../../report/text/progress.ts';
import { paint } from '../../../report/text/style.ts';
import { divergenceLines } from '../../../report/views/divergence.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { pagerOption } from '../../grammar/option.ts';

const VerifiedLedger = Type.Object(
  { file: text, ...LedgerVerification.properties },
  {
    description:
      'Whether the log is what was written, and every table follows from it. The exit code is 1 where not.',
  },
);
type VerifiedLedger = Static<typeof VerifiedLedger>;

export default class LedgerVerify extends LedgerCommand<VerifiedLedger> {
  static override paths = [['ledger', 'verify']];
  static override report = VerifiedLedger;
  static override usage = Command.Usage({
    category: 'Look back',
    description: 'prove that the log is what was written, and that every table follows from it',
    details: `
      Reads the whole log: the file's pages, the hash chain, positions and stream versions without gaps. Then runs the machines and the projections over it again and compares every recorded state and every row. Others may go on working meanwhile.

      Exit code 1 where anything is wrong, with the first position that is. Tables that are wrong are mended by \`agentpool ledger rebuild\`; a log that is wrong is not mended by anything but a backup.
    `,
    examples: [['Is the ledger sound?', '$0 ledger verify']],
  });
  /** The log as it stands; whether its workers still live is not this command's business. */
  protected override reconciles = false;
  override pager = pagerOption();

  async run(app: AppContext): Promise<number> {
    const progress = new ProgressLine(this.context.stderr, 'verifying');
    const verification = verifyLedger(app.ledger, (done, all) => progress.at(done, all));
    progress.end();
    await this.show({ file: app.paths.ledger, ...verification }, (reported) => this.#words(reported));
    return verification.ok ? 0 : 1;
  }

  #words({ file, ...verification }: VerifiedLedger): string {
    const color = paint(this.context.stdout);
    const lines = [
      verification.ok
        ? `${color.green('✓')} the ledger is sound`
        : `${color.red('✗')} the ledger is not sound`,
      `  ${counted(verification.events, 'event')}, ${counted(verification.workers, 'worker')}, in ${file}`,
    ];
    if (verification.fault) {
      lines.push(
        `  first bad position: ${color.bold(String(verification.fault.position))}, ${verification.fault.reason}`,
        '  what came before it is as it was written; take what follows from a backup',
      );
    } else {
      lines.push(`  hash of the last event: ${verification.head}`);
    }
    for (const divergence of verification.divergences) {
      lines.push(...divergenceLines(divergence, this.context.stdout).map((line) => `  ${line}`));
    }
    if (verification.divergences.some(({ where }) => where === 'table'))
      lines.push('  try: agentpool ledger rebuild');
    for (const [name, count] of Object.entries(verification.unreadable)) {
      lines.push(`  ${counted(count, 'event')} of a kind that this AgentPool does not know: ${name}`);
    }
    return lines.join('\n');
  }
}
