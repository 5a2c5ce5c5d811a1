import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Observed } from '../../../workers/commands/observe.ts';
import { Sent } from '../../../workers/commands/sending/send.ts';
import { elsewhere } from '../../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { details } from '../../../workers/core/details.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { argument, flag, oneOf, value, wholeNumber, worker } from '../../grammar/option.ts';
import { run } from '../../workers/send.ts';

const SentAndSeen = Type.Object(
  { ...Sent.properties, ...elsewhere, observation: Type.Optional(Observed) },
  { description: 'A message and its delivery; with --wait, also the worker at the end of the turn.' },
);
type SentAndSeen = Static<typeof SentAndSeen>;

export default class Send extends LedgerCommand<SentAndSeen> {
  static override paths = [['send']];
  static override report = SentAndSeen;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Send a message to a worker',
    details: `
      The whole text arrives as one message, whatever its number of lines. The agent reads it as a message, even if it begins with \`!\`, \`/\`, \`#\` or \`&\` or ends with a backslash: a blank is added if that is enough, otherwise the text is refused. With --command it is typed exactly as it is, as a command of the agent's own; a shell command for a read_only worker is refused. Delivery is reported as \`delivered\` (the agent was seen to take it), \`queued\` (the agent keeps it until its turn ends) or \`unproven\`: Enter is pressed only after the text was seen in the input box. Use \`agentpool answer\` for a worker that waits at a dialog.

      With --wait or --timeout it waits until the worker has ended this turn, asks something or is at its limit, and shows what it says. When the timeout passes, the exit code is 124. Ctrl-C stops the wait (exit code 130); the worker keeps running.

      A worker of another machine of the fleet is named by its id, or by at least 6 letters of it. That machine decides (\`fleet.accept\` in its config.yaml); --timeout is then how long it may take to answer (30 seconds).
    `,
    examples: [
      ['Answer a question', '$0 send @last "migrations first"'],
      ["Type a command of the agent's own", '$0 send @last --command "/compact"'],
      ['Send a file', '$0 send @last --stdin < notes.md'],
      ['Send it, and wait for what the worker says', '$0 send @last "migrations first" --wait --timeout 300'],
    ],
  });

  session = worker();
  message = argument('MESSAGE');
  stdin = flag('--stdin', 'read the message from standard input');
  command = value('--command', "type this as a command of the agent's own, not as a message");
  force = flag('--force', 'type it even while a dialog waits for a choice');
  wait = flag('--wait', 'wait for the end of the turn, and show what the worker says');
  timeout = value('--timeout', 'wait at most this many seconds', { takes: wholeNumber(1) });
  detail = value('--detail', `with --wait, how much to print: ${details.join(', ')}`, {
    takes: oneOf(details),
    initially: 'summary',
  });

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
