import { Command } from 'clipanion';
import { KeysSent, sendKeys } from '../../../workers/commands/steer.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { rest, worker } from '../../grammar/option.ts';

export default class Keys extends LedgerCommand<KeysSent> {
  static override paths = [['keys']];
  static override report = KeysSent;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Send raw keys to a worker (needs policy.allow_raw_keys)',
    details: 'Keys are named as tmux names them: Enter, Escape, Up, C-c, y.',
    examples: [['Leave a menu', '$0 keys @last Escape']],
  });

  session = worker();
  key = rest('KEY', { required: true });

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    this.print(
      await sendKeys(app, session, this.key),
      ({ session_id, keys }) => `sent ${keys.join(' ')} to ${session_id}`,
    );
  }
}
