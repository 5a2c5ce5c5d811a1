import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import type { ListedLease } from '../../../../projections/leases/queries.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf } from '../../../../report/text/style.ts';
import { fitEnd, table } from '../../../../report/text/table.ts';
import { leaseEnd } from '../../../../report/views/workers/lease-line.ts';
import { LeaseList, listLeases } from '../../../../workers/commands/leases.ts';
import { reconcileIfNeeded } from '../../../../workers/commands/reconcile.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, optionalWorker, pagerFlag, plainFlag, value } from '../../../grammar/option.ts';

export default class LeasesList extends LedgerCommand<LeaseList> {
  static override paths = [['leases', 'list']];
  static override report = LeaseList;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'List which files are reserved, and by which worker',
    examples: [
      ['List what is reserved now', '$0 leases list'],
      ['List everything the newest worker ever held', '$0 leases list @last --all'],
    ],
  });

  session = optionalWorker();
  repo = value('--repo', 'only leases in the repository of this folder');
  all = flag('--all', 'include released and expired leases');
  override plain = plainFlag('one lease');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    await reconcileIfNeeded(app);
    const { session, repo, all } = this;
    const listed = await listLeases(app, { session, repo, all });
    await this.show(listed, (shown) => this.#words(shown), plainly);
  }

  #words({ leases, elsewhere }: LeaseList): string {
    const { stdout } = this.context;
    return [this.#here(leases), ...elsewhereWords(elsewhere, stdout)].join('\n\n');
  }

  #here(leases: readonly ListedLease[]): string {
    if (leases.length === 0)
      return this.session || this.repo || this.all ? 'No lease fits.' : 'Nothing is leased.';
    const several = new Set(leases.map(({ repo_path }) => repo_path)).size > 1;
    const now = new Date();
    const rows = leases.map((lease) => [
      String(lease.id),
      lease.session_id,
      lease.mode,
      leaseEnd(lease, now),
      several ? `${lease.repo_path}: ${lease.file_path}` : lease.file_path,
    ]);
    const { stdout } = this.context;
    const listed = table(['ID', 'WORKER', 'MODE', 'UNTIL', 'PATH'], rows, columnsOf(stdout), 4, fitEnd);
    return several ? listed : `${listed}\n\nin ${leases[0]?.repo_path}`;
  }
}

/** Nothing outside of a fleet. */
function elsewhereWords(elsewhere: LeaseList['elsewhere'], stream: Writable): string[] {
  if (elsewhere === undefined || elsewhere?.length === 0) return [];
  if (elsewhere === null)
    return ['The database of the fleet could not be asked for those of other machines.'];
  const rows = elsewhere.map(({ machine, session_id, mode, repository, file_path }) => [
    ...[machine, session_id, mode],
    `${repository}: ${file_path}`,
  ]);
  return [table(['MACHINE', 'WORKER', 'MODE', 'PATH'], rows, columnsOf(stream), 3, fitEnd)];
}

const plainly = ({ leases }: LeaseList): string[] =>
  leases.map(({ id, session_id, mode, state, expires_at, repo_path, file_path }) =>
    plainRecord(id, session_id, mode, state, expires_at, repo_path, file_path),
  );
