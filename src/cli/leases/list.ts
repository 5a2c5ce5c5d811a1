import { Command } from 'clipanion';
import type { Lease } from '../../projections/lease-queries.ts';
import type { House } from '../../workers/house.ts';
import { LeaseList, listLeases } from '../../workers/leases.ts';
import { beTruthful } from '../../workers/reconcile.ts';
import { HouseCommand } from '../command.ts';
import { Option, pagerOption, plainOption } from '../option.ts';
import { leaseEnd } from '../output/lease-line.ts';
import { plainRecord } from '../output/plain.ts';
import { columnsOf } from '../output/style.ts';
import { fitEnd, table } from '../output/table.ts';

export default class LeasesList extends HouseCommand<LeaseList> {
  static override paths = [['leases', 'list']];
  static override report = LeaseList;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'who has reserved what',
    examples: [
      ['What is reserved now', '$0 leases list'],
      ['What the newest worker ever held', '$0 leases list --session-id @last --all'],
    ],
  });

  session = Option.String('--session-id', { description: 'only those of this worker' });
  repo = Option.String('--repo', { description: 'only those of the repository that this folder lies in' });
  all = Option.Boolean('--all', false, { description: 'also those that were given back or have expired' });
  override plain = plainOption('one lease');
  override pager = pagerOption();

  async run(house: House): Promise<undefined> {
    await beTruthful(house);
    const { session, repo, all } = this;
    const listed = listLeases(house, { session, repo, all });
    await this.show(listed, ({ leases }) => this.#words(leases), plainly);
  }

  #words(leases: readonly Lease[]): string {
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

const plainly = ({ leases }: LeaseList): string[] =>
  leases.map(({ id, session_id, mode, state, expires_at, repo_path, file_path }) =>
    plainRecord(id, session_id, mode, state, expires_at, repo_path, file_path),
  );
