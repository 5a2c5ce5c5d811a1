import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import type { Lease } from '../../../projections/leases/queries.ts';
import { columnsOf } from '../../../report/text/style.ts';
import { fitEnd, table } from '../../../report/text/table.ts';
import { planRelease, Release, ReleasePlan, releaseLeases } from '../../../workers/commands/leases.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option, wholeNumber } from '../../grammar/option.ts';

const ReleaseReport = Type.Union([Release, ReleasePlan], {
  description: 'The leases that were given back; with `--dry-run`, those that would be.',
});
type ReleaseReport = Static<typeof ReleaseReport>;

export default class LeasesRelease extends LedgerCommand<ReleaseReport> {
  static override paths = [['leases', 'release']];
  static override report = ReleaseReport;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'give reservations back',
    details:
      'One by its number, those on a path, or all of a worker; what you name together must all fit. A worker that holds nothing is no fault.',
    examples: [
      ['Give back all that the newest worker holds', '$0 leases release --session-id @last'],
      ['See what that would be', '$0 leases release --session-id @last --dry-run'],
      ['Give back one', '$0 leases release --lease-id 42'],
    ],
  });

  leaseId = Option.String('--lease-id', { description: 'its number', validator: wholeNumber(1) });
  session = Option.String('--session-id', { description: 'the worker that holds it' });
  file = Option.String('--file', { description: 'the path that is leased, as for acquire' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be given back' });

  run(app: AppContext): undefined {
    const { stdout } = this.context;
    const { leaseId, session, file } = this;
    const request = { leaseId, session, file, cwd: process.cwd() };
    if (this.dryRun) {
      this.print(planRelease(app, request), ({ leases }) => words('Would give back', leases, stdout));
    } else {
      this.print(releaseLeases(app, request), ({ leases }) => words('Gave back', leases, stdout));
    }
  }
}

function words(verb: string, leases: readonly Lease[], stream: Writable): string {
  if (leases.length === 0) return `${verb} nothing: no lease fits.`;
  const rows = leases.map(({ id, session_id, mode, file_path }) => [String(id), session_id, mode, file_path]);
  return `${verb}\n${table(['ID', 'WORKER', 'MODE', 'PATH'], rows, columnsOf(stream), 3, fitEnd)}`;
}
