import { Command } from 'clipanion';
import { Sent } from '../../../workers/commands/send.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { argument, flag, value, worker } from '../../grammar/option.ts';
import { run } from '../../workers/send.ts';

export default class Send extends LedgerCommand<Sent> {
  static override paths = [['send']];
  static override report = Sent;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Send a message to a worker',
    details: `
      The whole text arrives as one message, whatever its number of lines. The agent reads it as words, also where it begins with \`!\`, \`/\`, \`#\` or \`&\` or ends with a backslash: a blank is added where that is enough, else the text is refused. With --command it is typed exactly as it is, as a command of the agent's own; a read_only worker gets no shell command. Delivery is reported as \`delivered\` (the agent was seen to take it), \`queued\` (the agent keeps it until its turn ends) or \`unproven\`: Enter is pressed only after the text was seen in the input box. Use \`agentpool answer\` for a worker that waits at a dialog.
    `,
    examples: [
      ['Answer a question', '$0 send @last "migrations first"'],
      ["Type a command of the agent's own", '$0 send @last --command "/compact"'],
      ['Send a file', '$0 send @last --stdin < notes.md'],
    ],
  });

  session = worker();
  message = argument('MESSAGE');
  stdin = flag('--stdin', 'read the message from standard input');
  command = value('--command', "type this as a command of the agent's own, not as a message");
  force = flag('--force', 'type it even while a dialog waits for a choice');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
