import { Command } from 'clipanion';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf } from '../../../../report/text/style.ts';
import { fitEnd, table } from '../../../../report/text/table.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { AccountList, listAccounts } from '../../../../workers/queries/inventory.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

export default class AccountsList extends LedgerCommand<AccountList> {
  static override paths = [['accounts', 'list']];
  static override report = AccountList;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'List the logins of each agent',
    details:
      'The default account is the environment of the command as it is. Others are in `providers.<id>.accounts` of config.yaml. AgentPool never changes from one account to another by itself.',
    examples: [['List them', '$0 accounts list']],
  });
  override plain = plainFlag('one account');
  override pager = pagerFlag();

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    await this.show(await listAccounts(app), ({ accounts }) => this.#words(accounts), plainly);
  }

  #words(accounts: AccountList['accounts']): string {
    const rows = accounts.map(({ key, auth, folder }) => [
      key,
      auth.status.replaceAll('_', ' '),
      folder ?? 'the environment as it is',
    ]);
    return table(['ACCOUNT', 'SIGN-IN', 'FOLDER'], rows, columnsOf(this.context.stdout), 2, fitEnd);
  }
}

const plainly = ({ accounts }: AccountList): string[] =>
  accounts.map(({ key, provider_id, name, auth, folder }) =>
    plainRecord(key, provider_id, name, auth.status, folder),
  );
