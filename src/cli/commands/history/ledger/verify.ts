import { join } from 'node:path';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { hashAt } from '../../../../events/store/log-queries.ts';
import type { EventStore } from '../../../../events/store/store.ts';
import { rememberedVerification, rememberVerification } from '../../../../events/verification/memory.ts';
import { Trusted } from '../../../../events/verification/trusted.ts';
import { AgentPoolError } from '../../../../lib/errors.ts';
import { count, noted, text } from '../../../../lib/shapes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { shell } from '../../../../lib/text/shell.ts';
import { LedgerVerification, verifyLedger } from '../../../../projections/replay/verify-ledger.ts';
import { verifySince } from '../../../../projections/replay/verify-since.ts';
import { SeenMachine } from '../../../../projections/seen-machine.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { paint } from '../../../../report/text/style.ts';
import { agesOfMachines } from '../../../../report/views/fleet/machine-ages.ts';
import { divergenceLines } from '../../../../report/views/history/divergence.ts';
import { notVerified } from '../../../../report/views/history/trusted.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { inLogOf } from '../../../../workers/queries/fleet/in-log-of.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, value, wholeNumber } from '../../../grammar/option.ts';

const VerifiedLedger = Type.Object(
  {
    file: text,
    machine: Type.Optional(
      noted(SeenMachine, 'With --machine: whose log it is, and how much of it is here.'),
    ),
    ...LedgerVerification.properties,
    trusted: Type.Optional(
      noted(Trusted, 'With --since: the events that were not verified in this run, but taken as they are.'),
    ),
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

/** Which log is verified, and the name of what is remembered of that. */
interface OfLog {
  file: string;
  memory: string;
  machine?: SeenMachine;
}

export default class LedgerVerify extends LedgerCommand<VerifiedLedger> {
  static override paths = [['ledger', 'verify']];
  static override report = VerifiedLedger;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Verify the log, and every table derived from it',
    details: `
      Reads the whole log: the pages of the file, the hash chain, positions and stream versions without gaps. Then runs the state machines and the projections over it and compares every recorded state and every row. Other processes can keep working.

      A whole verification that finds nothing wrong is remembered, in run/verified.json of AGENTPOOL_HOME. \`--since last\` verifies what was appended after it, \`--since 120000\` the events from that position on: their hash chain, and the whole histories and rows of the workers that they are about. What is not verified is named. Neither finds a change of an earlier event: only a whole verification does.

      \`--machine NAME\` verifies the log of another machine of the fleet, as far as it is here.

      Exits with 1 when something is wrong, and names the first wrong position. \`agentpool ledger rebuild\` fixes wrong tables; only a backup fixes a wrong log.
    `,
    examples: [
      ['Verify the ledger', '$0 ledger verify'],
      ['Verify what was appended since it was last verified', '$0 ledger verify --since last'],
      ['Verify the log of another machine', '$0 ledger verify --machine laptop'],
      ['Print the hash of the first event', '$0 ledger verify --hash-at 1'],
    ],
  });
  /** Verifies the log unchanged: does not record dead processes first. */
  protected override reconciles = false;
  since = value(
    '--since',
    'verify only the events from this position on, or those after the `last` verification',
  );
  hashAt = value('--hash-at', 'print the hash of this position too: to compare with that of an export', {
    takes: wholeNumber(1),
  });
  machine = value('--machine', 'the log of this machine of the fleet, as it is here');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<number> {
    if (this.machine === undefined) return this.#verify(app, { file: app.paths.ledger, memory: 'verified' });
    return inLogOf(app, this.machine, ({ app: there, file, seen }) =>
      this.#verify(there, { file, memory: `verified-${seen.machine_id}`, machine: seen }),
    );
  }

  async #verify(app: AppContext, { file, memory: name, machine }: OfLog): Promise<number> {
    const memory = join(app.paths.run, `${name}.json`);
    const at = this.#hashAt(app);
    const trusted = this.#trusted(app, memory);
    const progress = new ProgressLine(this.context.stderr, 'verifying', trusted ? { unit: 'streams' } : {});
    const onProgress = (done: number, all: number) => progress.at(done, all);
    const verification = trusted
      ? verifySince(app.ledger, trusted.up_to, onProgress)
      : verifyLedger(app.ledger, onProgress);
    progress.end();
    const { ok, last_position: position, head: hash } = verification;
    if (ok && !trusted && position > 0)
      rememberVerification(memory, { position, hash, at: new Date().toISOString() });
    const parts = { ...(machine ? { machine } : {}), ...(trusted ? { trusted } : {}) };
    await this.show({ file, ...verification, ...parts, ...at }, (reported) => this.#words(reported));
    return ok ? 0 : 1;
  }

  /** What --since leaves out; null without it. */
  #trusted(app: AppContext, memory: string): VerifiedLedger['trusted'] | null {
    if (this.since === undefined) return null;
    const { store } = app.ledger;
    if (this.since === 'last') return lastVerified(store, memory);
    const position = Number(this.since);
    const last = store.lastPosition();
    if (!Number.isSafeInteger(position) || position < 1 || position > last)
      throw new AgentPoolError(
        'INVALID_POSITION',
        `--since takes a position from 1 to ${last}, or the word last, not ${JSON.stringify(this.since)}.`,
        { since: this.since, example: 'agentpool ledger verify --since last' },
      );
    if (position === 1) return null;
    return { up_to: position - 1, hash: hexAt(store, position - 1), verified_at: null };
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

  #words({ file, hash_at, trusted, machine, ...verification }: VerifiedLedger): string {
    const color = paint(this.context.stdout);
    const log = machine ? `the log of ${machine.name}` : 'the ledger';
    const what = trusted ? `from position ${trusted.up_to + 1} on, ${log}` : log;
    const lines = [
      verification.ok ? `${color.green('✓')} ${what} is sound` : `${color.red('✗')} ${what} is not sound`,
      `  ${counted(verification.events, 'event')}, ${counted(verification.workers, 'worker')}, in ${file}`,
    ];
    if (trusted) lines.push(`  ${notVerified(trusted)}`);
    if (machine) lines.push(...agesOfMachines([machine], new Date(), this.context.stdout));
    if (verification.fault) {
      lines.push(
        `  first bad position: ${color.bold(String(verification.fault.position))}, ${verification.fault.reason}`,
      );
      if (machine) lines.push(shell`  the watcher fetches it again after: rm ${file} ${file}-wal`);
      else
        lines.push(
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
    if (!machine && verification.divergences.some(({ where }) => where === 'table'))
      lines.push('  try: agentpool ledger rebuild');
    for (const [name, count] of Object.entries(verification.unreadable)) {
      lines.push(`  ${counted(count, 'event')} of a kind that this AgentPool does not know: ${name}`);
    }
    return lines.join('\n');
  }
}

const hexAt = (store: EventStore, position: number): string => hashAt(store, position)?.toString('hex') ?? '';

/** @throws INVALID_POSITION if no verification is remembered; LEDGER_CORRUPT if the log is not the one that was verified. */
function lastVerified(store: EventStore, memory: string): Trusted {
  const example = 'agentpool ledger verify';
  const known = rememberedVerification(memory);
  if (known === null)
    throw new AgentPoolError(
      'INVALID_POSITION',
      'No verification of this ledger is remembered. Verify all of it once.',
      { example },
    );
  const { position, hash, at } = known;
  if (hexAt(store, position) !== hash)
    throw new AgentPoolError(
      'LEDGER_CORRUPT',
      `The ledger is not the one that was verified on ${at}: position ${position} has another hash. Verify all of it.`,
      { position, example },
    );
  return { up_to: position, hash, verified_at: at };
}
