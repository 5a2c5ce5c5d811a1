import { Command } from 'clipanion';
import { shell } from '../../lib/text/shell.ts';
import { Answered, answerDialog } from '../../workers/commands/answer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Answer extends LedgerCommand<Answered> {
  static override paths = [['answer']];
  static override report = Answered;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'take a choice of the dialog that a worker waits at',
    details: `
      What stands on the worker's screen decides: the choice is named by its number or by words of its label, the
      pointer is moved to it and seen to arrive, then it is confirmed. A choice that takes words of your own gets them
      with --text: typed into its field, or sent as a message once it has been taken. Says no where no dialog waits, and
      where the dialog is about paying beyond the subscription.
    `,
    examples: [
      ['See what it asks', '$0 explain @last'],
      ['Take the first choice', '$0 answer @last --choice 1'],
      ['Take it by its words', '$0 answer @last --choice "No, and tell"'],
      ['Answer in your own words', '$0 answer @last --choice "Type something" --text "the tests first"'],
    ],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  choice = Option.String('--choice', {
    required: true,
    description: 'its number, or words that only it has',
  });
  text = Option.String('--text', {
    description: 'your own words, for a choice that takes some',
  });

  async run(app: AppContext): Promise<undefined> {
    const answered = await answerDialog(app, sessionNamed(app, this.session), {
      choice: this.choice,
      text: this.text ?? null,
    });
    this.print(answered, ({ session_id, question, choice, delivery }) =>
      [
        `${delivery} to ${session_id}: ${choice.number}. ${choice.label}`,
        ...(question ? [`  it asked  ${question}`] : []),
        `  see what it does  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`,
      ].join('\n'),
    );
  }
}
