import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { hashAt } from '../../../../events/store/log-queries.ts';
import { AgentPoolError } from '../../../../lib/errors.ts';
import { count, noted, text } from '../../../../lib/shapes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { LedgerVerification, verifyLedger } from '../../../../projections/replay/verify-ledger.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import { divergenceLines } from '../../../../report/views/divergence.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, value, wholeNumber } from '../../../grammar/option.ts';

const VerifiedLedger = Type.Object(
  {
    file: text,
    ...LedgerVerification.properties,
    hash_at: Type.Optional(
      noted(Type.Object({ position: count, hash: text }), 'With --hash-at: the hash of that event, in hex.'),
    ),
  },
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
    category: 'History',
    description: 'Verify the log, and every table derived from it',
    details: `
      Reads the whole log: the pages of the file, the hash chain, positions and stream versions without gaps. Then runs the state machines and the projections over it and compares every recorded state and every row. Other processes can keep working.

      Exits with 1 when something is wrong, and names the first wrong position. \`agentpool ledger rebuild\` fixes wrong tables; only a backup fixes a wrong log.
    `,
    examples: [
      ['Verify the ledger', '$0 ledger verify'],
      ['Print the hash of the first event', '$0 ledger verify --hash-at 1'],
    ],
  });
  /** Verifies the log unchanged: does not record dead processes first. */
  protected override reconciles = false;
  hashAt = value('--hash-at', 'print the hash of this position too: to compare with that of an export', {
    takes: wholeNumber(1),
  });
  override pager = pagerFlag();

  async run(app: AppContext): Promise<number> {
    const at = this.#hashAt(app);
    const progress = new ProgressLine(this.context.stderr, 'verifying');
    const verification = verifyLedger(app.ledger, (done, all) => progress.at(done, all));
    progress.end();
    await this.show({ file: app.paths.ledger, ...verification, ...at }, (reported) => this.#words(reported));
    return verification.ok ? 0 : 1;
  }

  #hashAt({ ledger }: AppContext): Pick<VerifiedLedger, 'hash_at'> {
    if (this.hashAt === undefined) return {};
    const position = this.hashAt;
    const hash = hashAt(ledger.store, position);
    if (!hash)
      throw new AgentPoolError(
        'INVALID_POSITION',
        `The log has no position ${position}: its last one is ${ledger.store.lastPosition()}.`,
        { position, example: 'agentpool ledger verify' },
      );
    return { hash_at: { position, hash: hash.toString('hex') } };
  }

  #words({ file, hash_at, ...verification }: VerifiedLedger): string {
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
        '  what came before it is as it was written: agentpool ledger export --readable FILE saves it',
        '  take what follows from a backup',
      );
    } else {
      lines.push(`  hash of the last event: ${verification.head}`);
    }
    if (hash_at) lines.push(`  hash of event ${hash_at.position}: ${hash_at.hash}`);
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
