import type { Writable } from 'node:stream';
import { bytes } from '../../../lib/text/bytes.ts';
import { counted } from '../../../lib/text/counted.ts';
import type { LedgerStats } from '../../../projections/projector/ledger-stats.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { table } from '../../text/table.ts';
import { local } from '../../text/time.ts';

/** The size of the log, what fills it, and the state of the tables. */
export function ledgerStatsText(stats: LedgerStats, stdout: Writable, now: Date): string {
  const { streams } = stats;
  const lines = [
    paint(stdout).bold(stats.file),
    `${bytes(stats.file_bytes)}, write-ahead log ${bytes(stats.wal_bytes)}`,
    `${counted(stats.events, 'event')} in ${streams.total} streams (${streams.workers} workers, ${streams.leases} with leases)`,
  ];
  if (stats.first_at && stats.last_at)
    lines.push(`from ${local(stats.first_at, now)} to ${local(stats.last_at, now)}`);
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
