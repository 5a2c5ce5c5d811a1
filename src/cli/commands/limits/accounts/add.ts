import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { text } from '../../../../lib/shapes.ts';
import { shell } from '../../../../lib/text/shell.ts';
import { newAccount } from '../../../../workers/commands/accounts.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument, value } from '../../../grammar/option.ts';

const AddedAccount = Type.Object(
  { key: text, provider_id: text, name: text, folder: text, config_path: text, next_command: text },
  { description: 'The new account, its folder, and how to sign in.' },
);
type AddedAccount = Static<typeof AddedAccount>;

export default class AccountsAdd extends LedgerCommand<AddedAccount> {
  static override paths = [['accounts', 'add']];
  static override report = AddedAccount;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Add another login of an agent to config.yaml',
    details:
      'Makes a private folder for it and adds it to `providers.<id>.accounts`; the rest of the file stays as it is. Signs in nowhere: `agentpool accounts login` prints the command for that.',
    examples: [
      ['Add a second login of Claude Code', '$0 accounts add claude work'],
      ['Use a folder that exists', '$0 accounts add codex client --folder ~/.codex-client'],
    ],
  });

  provider = argument('PROVIDER', { required: true });
  name = argument('NAME', { required: true });
  folder = value('--folder', 'the folder of the login (AGENTPOOL_HOME/accounts/PROVIDER/NAME)');

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { key, provider, name, folder } = await newAccount(
      app,
      this.provider,
      this.name,
      this.folder ?? null,
    );
    const next_command = shell`agentpool accounts login ${key}`;
    this.print(
      { key, provider_id: provider, name, folder, config_path: app.path, next_command },
      (added) => `${added.key} uses ${added.folder}\n  sign in  ${added.next_command}`,
    );
  }
}
