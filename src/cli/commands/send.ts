import { text } from 'node:stream/consumers';
import { Command } from 'clipanion';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { Sent, sendMessage } from '../../workers/commands/send.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Send extends LedgerCommand<Sent> {
  static override paths = [['send']];
  static override report = Sent;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'answer a worker, or give it something more to do',
    details: `
      The whole text arrives as one message, however many lines it has. Delivery is told as \`delivered\` (seen to be
      taken), \`queued\` (the agent keeps it for the end of its turn) or \`unproven\`. A worker that waits at a dialog
      is answered with \`agentpool answer\`.
    `,
    examples: [
      ['Answer its question', '$0 send @last "migrations first"'],
      ['Send a file', '$0 send @last --stdin < notes.md'],
    ],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  message = Option.String({ required: false, name: 'MESSAGE' });
  stdin = Option.Boolean('--stdin', false, { description: 'read the message from standard input' });

  force = Option.Boolean('--force', false, { description: 'type it even where a dialog waits for a choice' });

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    const sent = await sendMessage(app, session, await this.#text(session.id), { force: this.force });
    this.print(sent, ({ session_id, delivery, reason }) => {
      const next = shell`agentpool observe ${session_id} --wait-for any --timeout 60`;
      return `${delivery} to ${session_id}${reason ? ` (${reason})` : ''}\n  see what it says  ${next}`;
    });
  }

  async #text(id: string): Promise<string> {
    if (this.stdin) return text(this.context.stdin);
    if (this.message !== undefined) return this.message;
    throw new AgentPoolError('INVALID_REQUEST', 'There is no message to send.', {
      session_id: id,
      example: shell`agentpool send ${id} "migrations first"`,
    });
  }
}
