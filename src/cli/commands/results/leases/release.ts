import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import type { ListedLease } from '../../../../projections/leases/queries.ts';
import { columnsOf } from '../../../../report/text/style.ts';
import { fitEnd, table } from '../../../../report/text/table.ts';
import { planRelease, Release, ReleasePlan, releaseLeases } from '../../../../workers/commands/leases.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, optionalWorker, value, wholeNumber } from '../../../grammar/option.ts';

const ReleaseReport = Type.Union([Release, ReleasePlan], {
  description: 'The leases that were given back; with `--dry-run`, those that would be.',
});
type ReleaseReport = Static<typeof ReleaseReport>;

export default class LeasesRelease extends LedgerCommand<ReleaseReport> {
  static override paths = [['leases', 'release']];
  static override report = ReleaseReport;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'Release leases',
    details:
      'One by its number, those on a path, or all of a worker; a lease must match everything you name. Releasing nothing is not an error.',
    examples: [
      ['Release everything the newest worker holds', '$0 leases release @last'],
      ['Show what that would release', '$0 leases release @last --dry-run'],
      ['Release one lease', '$0 leases release --lease-id 42'],
    ],
  });

  session = optionalWorker();
  leaseId = value('--lease-id', 'the number of the lease', { takes: wholeNumber(1) });
  file = value('--file', 'the reserved path, as for acquire');
  dryRun = flag('--dry-run', 'show what would be released, and release nothing');

  async run(app: AppContext): Promise<undefined> {
    const { stdout } = this.context;
    const { leaseId, session, file } = this;
    const request = { leaseId, session, file, cwd: process.cwd() };
    if (this.dryRun) {
      this.print(planRelease(app, request), ({ leases }) => words('Would give back', leases, stdout));
    } else {
      this.print(await releaseLeases(app, request), ({ leases }) => words('Gave back', leases, stdout));
    }
  }
}

function words(verb: string, leases: readonly ListedLease[], stream: Writable): string {
  if (leases.length === 0) return `${verb} nothing: no lease fits.`;
  const rows = leases.map(({ id, session_id, mode, file_path }) => [String(id), session_id, mode, file_path]);
  return `${verb}\n${table(['ID', 'WORKER', 'MODE', 'PATH'], rows, columnsOf(stream), 3, fitEnd)}`;
}
