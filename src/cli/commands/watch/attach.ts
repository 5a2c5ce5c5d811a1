import { isatty } from 'node:tty';
import { Command } from 'clipanion';
import { shell } from '../../../lib/text/shell.ts';
import { isTerminal } from '../../../report/text/style.ts';
import { AttachInfo, attachInfo, attachLine, openTerminal } from '../../../workers/commands/steer.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, worker } from '../../grammar/option.ts';

export default class Attach extends LedgerCommand<AttachInfo> {
  static override paths = [['attach']];
  static override report = AttachInfo;
  static override usage = Command.Usage({
    category: 'Watch',
    description: "Open a worker's terminal",
    details: `
      On a terminal it opens here, also inside tmux. Press Ctrl-b d to leave: the worker keeps running. (Inside tmux, press Ctrl-b twice: the first one is for your own tmux.) With --print or --json, or where the output is no terminal, it prints the command that opens it.
    `,
    examples: [
      ["Open the newest worker's terminal", '$0 attach @last'],
      ['Print the command that opens it', '$0 attach @last --print'],
    ],
  });

  session = worker();
  exec = flag('--exec', 'open the terminal here, whatever the output is');
  printed = flag('--print', 'print the command, and open nothing');

  async run(app: AppContext): Promise<number | undefined> {
    const session = sessionNamed(app, this.session);
    const info = attachInfo(app, session);
    if (session.successor !== null && info.can_attach && !this.json)
      this.context.stderr.write(
        `${session.id} was handed over to ${session.successor}, which works in the same folder: give the task to that one.\n`,
      );
    if (!info.can_attach || !this.#opensHere()) {
      this.print(info, ({ can_attach }) =>
        can_attach
          ? attachLine(app, info)
          : session.state === 'QUEUED'
            ? `${session.id} waits in the queue and has no terminal yet.\n  see the queue  agentpool queue`
            : `${session.id} has ended; its terminal is gone.\n  read what it printed  ${shell`agentpool logs ${session.id}`}`,
      );
      return undefined;
    }
    return openTerminal(app, session);
  }

  #opensHere(): boolean {
    if (this.printed) return false;
    return this.exec || (!this.json && isTerminal(this.context.stdout) && isatty(0));
  }
}
