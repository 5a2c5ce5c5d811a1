import { Command } from 'clipanion';
import { statuslineFormats } from '../../report/views/statusline.ts';
import { statuslineOf } from '../fast/statusline.ts';
import { PlainCommand } from '../grammar/command.ts';
import { Option, oneOf } from '../grammar/option.ts';

export default class Statusline extends PlainCommand {
  static override paths = [['statusline']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'See what is left',
    description: 'one short line for a prompt, tmux or Claude Code',
    details: `
      What is left of each subscription in its tightest window (\`~\` where that is old), and how many workers live and
      wait for you. Reads the ledger alone and never fails; refresh it with \`agentpool usage-summary --refresh\`.
    `,
    examples: [
      ['For any prompt', '$0 statusline'],
      [
        "In tmux.conf: set -g status-right '#(agentpool statusline --format tmux)'",
        '$0 statusline --format tmux',
      ],
    ],
  });

  format = Option.String('--format', 'plain', {
    description: statuslineFormats.join(', '),
    validator: oneOf(statuslineFormats),
  });

  async work(): Promise<undefined> {
    this.context.stdout.write(`${await statuslineOf(this.format, this.context.env)}\n`);
  }
}
