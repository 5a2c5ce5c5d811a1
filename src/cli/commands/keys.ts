import { Command } from 'clipanion';
import { KeysSent, sendKeys } from '../../workers/commands/steer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Keys extends LedgerCommand<KeysSent> {
  static override paths = [['keys']];
  static override report = KeysSent;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'press raw keys in a worker (needs policy.allow_raw_keys)',
    details: "Keys go by tmux's names: Enter, Escape, Up, C-c, y.",
    examples: [['Leave a menu', '$0 keys @last Escape']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  keys = Option.Rest({ required: 1, name: 'KEY' });

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    this.print(
      await sendKeys(app, session, this.keys),
      ({ session_id, keys }) => `sent ${keys.join(' ')} to ${session_id}`,
    );
  }
}
