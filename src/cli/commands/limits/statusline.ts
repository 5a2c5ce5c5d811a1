import { Command } from 'clipanion';
import { statuslineFormats } from '../../../report/views/limits/statusline.ts';
import { statuslineOf } from '../../fast/statusline.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { oneOf, value } from '../../grammar/option.ts';

export default class Statusline extends PlainCommand {
  static override paths = [['statusline']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Print one line for a prompt, tmux or Claude Code',
    details: `
      Shows what is left of each subscription in its tightest window (\`~\` marks an old figure), how many workers run, and how many wait for you. Reads only the ledger and never fails; refresh it with \`agentpool usage-summary --refresh\`.
    `,
    examples: [
      ['Print it for any prompt', '$0 statusline'],
      [
        "In tmux.conf: set -g status-right '#(agentpool statusline --format tmux)'",
        '$0 statusline --format tmux',
      ],
    ],
  });

  format = value('--format', statuslineFormats.join(', '), {
    takes: oneOf(statuslineFormats),
    initially: 'plain',
  });

  async work(): Promise<undefined> {
    this.context.stdout.write(`${await statuslineOf(this.format, this.context.env)}\n`);
  }
}
