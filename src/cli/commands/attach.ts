import { Command } from 'clipanion';
import { run } from '../../lib/process/run.ts';
import { shell } from '../../lib/text/shell.ts';
import { AttachInfo, attachInfo } from '../../workers/commands/steer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Attach extends LedgerCommand<AttachInfo> {
  static override paths = [['attach']];
  static override report = AttachInfo;
  static override usage = Command.Usage({
    category: 'See how it goes',
    description: "show the command that opens a worker's terminal, or open it",
    details: 'Inside, Ctrl-b d leaves the terminal; the worker goes on.',
    examples: [
      ['See the command', '$0 attach @last'],
      ['Open it', '$0 attach @last --exec'],
    ],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  exec = Option.Boolean('--exec', false, { description: 'open it here' });

  async run(app: AppContext): Promise<number | undefined> {
    const session = sessionNamed(app, this.session);
    const info = attachInfo(app, session);
    if (!this.exec || !info.can_attach) {
      this.print(info, ({ can_attach, attach_command }) =>
        can_attach
          ? attach_command
          : `${session.id} has ended; its terminal is gone.\n  read what it printed  ${shell`agentpool transcript ${session.id}`}`,
      );
      return undefined;
    }
    const [command = 'tmux', ...words] = app.tmux.attachCommand(session.tmux_session);
    const { code } = await run(command, words, { env: app.env, terminal: true });
    return code ?? 1;
  }
}
