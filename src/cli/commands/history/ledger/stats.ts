import { statSync } from 'node:fs';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { count, noted, text } from '../../../../lib/shapes.ts';
import { bytes } from '../../../../lib/text/bytes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { LedgerStats as Counts, ledgerStats } from '../../../../projections/projector/ledger-stats.ts';
import { columnsOf, paint } from '../../../../report/text/style.ts';
import { table } from '../../../../report/text/table.ts';
import { local } from '../../../../report/text/time.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

const Stats = Type.Object(
  {
    file: text,
    file_bytes: noted(count, 'The database, and its write-ahead log beside it.'),
    wal_bytes: count,
    ...Counts.properties,
  },
  { description: 'The size of the log, and the state of the tables.' },
);
type Stats = Static<typeof Stats>;

export default class LedgerStats extends LedgerCommand<Stats> {
  static override paths = [['ledger', 'stats']];
  static override report = Stats;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Show the size of the log by event type, and its tables',
    examples: [['Show what fills the ledger', '$0 ledger stats']],
  });
  protected override reconciles = false;
  override plain = plainFlag();
  override pager = pagerFlag();

  async run({ ledger, paths }: AppContext): Promise<undefined> {
    const stats: Stats = {
      file: paths.ledger,
      file_bytes: sizeOf(paths.ledger),
      wal_bytes: sizeOf(`${paths.ledger}-wal`),
      ...ledger.store.reading(() => ledgerStats(ledger)),
    };
    await this.show(stats, (reported) => this.#words(reported));
  }

  #words(stats: Stats): string {
    const { stdout } = this.context;
    const color = paint(stdout);
    const now = new Date();
    const { streams } = stats;
    const lines = [
      color.bold(stats.file),
      `${bytes(stats.file_bytes)}, write-ahead log ${bytes(stats.wal_bytes)}`,
      `${counted(stats.events, 'event')} in ${streams.total} streams (${streams.workers} workers, ${streams.leases} with leases)`,
    ];
    if (stats.first_at && stats.last_at) {
      lines.push(`from ${local(stats.first_at, now)} to ${local(stats.last_at, now)}`);
    }
    if (stats.types.length > 0) {
      const rows = stats.types.map((each) => [each.type, String(each.events), bytes(each.bytes)]);
      lines.push('', table(['TYPE', 'EVENTS', 'DATA'], rows, columnsOf(stdout), 0));
    }
    const rows = stats.projections.map(({ name, version, position, active }) => [
      name,
      String(version),
      String(position),
      active ? 'in use' : 'rebuild begun',
    ]);
    lines.push('', table(['PROJECTION', 'VERSION', 'POSITION', ''], rows, columnsOf(stdout), 0));
    return lines.join('\n');
  }
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
