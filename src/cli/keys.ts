import { Command } from 'clipanion';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { KeysSent, sendKeys } from '../workers/steer.ts';
import { HouseCommand } from './command.ts';
import { Option } from './option.ts';

export default class Keys extends HouseCommand<KeysSent> {
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

  async run(house: House): Promise<undefined> {
    const session = sessionNamed(house, this.session);
    this.print(
      await sendKeys(house, session, this.keys),
      ({ session_id, keys }) => `sent ${keys.join(' ')} to ${session_id}`,
    );
  }
}
