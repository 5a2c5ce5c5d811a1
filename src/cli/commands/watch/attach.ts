import { Command } from 'clipanion';
import { run } from '../../../lib/process/run.ts';
import { shell } from '../../../lib/text/shell.ts';
import { AttachInfo, attachInfo } from '../../../workers/commands/steer.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, worker } from '../../grammar/option.ts';

export default class Attach extends LedgerCommand<AttachInfo> {
  static override paths = [['attach']];
  static override report = AttachInfo;
  static override usage = Command.Usage({
    category: 'Watch',
    description: "Open a worker's terminal",
    details:
      'Prints the command that opens it; with --exec, opens it here. Press Ctrl-b d to leave: the worker keeps running.',
    examples: [
      ['Print the command', '$0 attach @last'],
      ['Open the terminal here', '$0 attach @last --exec'],
    ],
  });

  session = worker();
  exec = flag('--exec', 'open the terminal here');

  async run(app: AppContext): Promise<number | undefined> {
    const session = sessionNamed(app, this.session);
    const info = attachInfo(app, session);
    if (session.successor !== null && info.can_attach && !this.json)
      this.context.stderr.write(
        `${session.id} was handed over to ${session.successor}, which works in the same folder: give the task to that one.\n`,
      );
    if (!this.exec || !info.can_attach) {
      this.print(info, ({ can_attach, attach_command }) =>
        can_attach
          ? attach_command
          : session.state === 'QUEUED'
            ? `${session.id} waits in the queue and has no terminal yet.\n  see the queue  agentpool queue`
            : `${session.id} has ended; its terminal is gone.\n  read what it printed  ${shell`agentpool transcript ${session.id}`}`,
      );
      return undefined;
    }
    const [command = 'tmux', ...words] = app.tmux.of(session.id).attachCommand(session.tmux_session);
    const { code } = await run(command, words, { env: app.env, terminal: true });
    return code ?? 1;
  }
}
