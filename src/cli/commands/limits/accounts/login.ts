import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { nullable, text } from '../../../../lib/shapes.ts';
import { loginOf } from '../../../../workers/commands/accounts.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument } from '../../../grammar/option.ts';

const AccountLogin = Type.Object(
  { key: text, provider_id: text, name: text, folder: nullable(text), command: text },
  { description: 'The command of the agent itself that signs this account in. It was not run.' },
);
type AccountLogin = Static<typeof AccountLogin>;

export default class AccountsLogin extends LedgerCommand<AccountLogin> {
  static override paths = [['accounts', 'login']];
  static override report = AccountLogin;
  static override usage = Command.Usage({
    category: 'Limits',
    description: "Print the agent's own command that signs an account in",
    details: 'Runs nothing. Run the printed command yourself, in a terminal with a browser at hand.',
    examples: [
      ['Sign in the default account', '$0 accounts login codex'],
      ['Sign in another one', '$0 accounts login claude@work'],
    ],
  });

  account = argument('ACCOUNT', { required: true });

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { account, command } = await loginOf(app, this.account);
    const { key, provider, name, config } = account;
    this.print(
      { key, provider_id: provider, name, folder: config?.folder ?? null, command },
      (login) => login.command,
    );
  }
}
