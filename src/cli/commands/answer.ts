import { Command } from 'clipanion';
import { Answered } from '../../workers/commands/answer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { LedgerCommand } from '../grammar/ledger-command.ts';
import { value, worker } from '../grammar/option.ts';
import { run } from '../workers/answer.ts';

export default class Answer extends LedgerCommand<Answered> {
  static override paths = [['answer']];
  static override report = Answered;
  static override usage = Command.Usage({
    category: 'Work',
    description: "Choose an option in a worker's dialog",
    details: `
      Reads the dialog on the worker's screen. Name the option by its number, or by words that only its label has. AgentPool moves the pointer to it, checks that the pointer is there, and confirms. Some options take text of your own: give it with --text. Refused when no dialog is open, and when the dialog is about paying beyond the subscription.
    `,
    examples: [
      ['See the options', '$0 explain @last'],
      ['Choose the first option', '$0 answer @last --choice 1'],
      ['Choose an option by its label', '$0 answer @last --choice "No, and tell"'], // vocabulary: quoted
      ['Answer in your own words', '$0 answer @last --choice "Type something" --text "the tests first"'],
    ],
  });

  session = worker();
  choice = value('--choice', "the option's number, or words that only its label has", { required: true });
  text = value('--text', 'your own words, for an option that takes text');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
