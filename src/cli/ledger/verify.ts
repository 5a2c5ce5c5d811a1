import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { text } from '../../events/shapes.ts';
import { counted } from '../../projections/counted.ts';
import { LedgerProof, verifyLedger } from '../../projections/verify-ledger.ts';
import type { House } from '../../workers/house.ts';
import { HouseCommand } from '../command.ts';
import { pagerOption } from '../option.ts';
import { divergenceLines } from '../output/divergence.ts';
import { ProgressLine } from '../output/progress.ts';
import { paint } from '../output/style.ts';

const VerifiedLedger = Type.Object(
  { file: text, ...LedgerProof.properties },
  {
    description:
      'Whether the log is what was written, and every table follows from it. The exit code is 1 where not.',
  },
);
type VerifiedLedger = Static<typeof VerifiedLedger>;

export default class LedgerVerify extends HouseCommand<VerifiedLedger> {
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
  protected override truthful = false;
  override pager = pagerOption();

  async run(house: House): Promise<number> {
    const progress = new ProgressLine(this.context.stderr, 'verifying');
    const proof = verifyLedger(house.ledger, (done, all) => progress.at(done, all));
    progress.end();
    await this.show({ file: house.paths.ledger, ...proof }, (told) => this.#words(told));
    return proof.ok ? 0 : 1;
  }

  #words({ file, ...proof }: VerifiedLedger): string {
    const color = paint(this.context.stdout);
    const lines = [
      proof.ok ? `${color.green('✓')} the ledger is sound` : `${color.red('✗')} the ledger is not sound`,
      `  ${counted(proof.events, 'event')}, ${counted(proof.workers, 'worker')}, in ${file}`,
    ];
    if (proof.fault) {
      lines.push(
        `  first bad position: ${color.bold(String(proof.fault.position))}, ${proof.fault.reason}`,
        '  what came before it is as it was written; take what follows from a backup',
      );
    } else {
      lines.push(`  hash of the last event: ${proof.head}`);
    }
    for (const divergence of proof.divergences) {
      lines.push(...divergenceLines(divergence, this.context.stdout).map((line) => `  ${line}`));
    }
    if (proof.divergences.some(({ where }) => where === 'table'))
      lines.push('  try: agentpool ledger rebuild');
    for (const [name, count] of Object.entries(proof.unreadable)) {
      lines.push(`  ${counted(count, 'event')} of a kind that this AgentPool does not know: ${name}`);
    }
    return lines.join('\n');
  }
}
