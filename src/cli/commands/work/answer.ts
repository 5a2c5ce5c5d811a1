import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Answered } from '../../../workers/commands/answering/answer.ts';
import { elsewhere } from '../../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { argument, flag, list, value, worker } from '../../grammar/option.ts';
import { run } from '../../workers/answer.ts';

const AnsweredAnywhere = Type.Object(
  { ...Answered.properties, ...elsewhere },
  { description: 'The answer that was given in the dialog of the worker.' },
);
type AnsweredAnywhere = Static<typeof AnsweredAnywhere>;

export default class Answer extends LedgerCommand<AnsweredAnywhere> {
  static override paths = [['answer']];
  static override report = AnsweredAnywhere;
  static override usage = Command.Usage({
    category: 'Work',
    description: "Answer a worker's dialog",
    details: `
      Reads the dialog on the worker's screen as a form. Name an option by its number, or by words that only its label has. AgentPool moves the pointer one step at a time, checks after each key that the screen shows what it expects, and stops if it does not.

      - One option: --choice. With words after it, only if its label begins with them, so that a dialog that has changed gets no answer.
      - Several options with boxes: --choices ticks these and no others, and confirms the question. With --choice, one box.
      - Your own words: --text, alone for the field or the one option that takes words, with --choice for another option.
      - A form with several questions: each answer shows the next question. --submit confirms the form once every question has an answer; with an answer, after the last one.

      Refused when no dialog is open, when the option would pay beyond the subscription, and when it would end the plan mode of a worker that may only read. The output has the dialog that is shown next.
    `,
    examples: [
      ['See the options', '$0 explain @last'],
      ['Choose the first option', '$0 answer @last --choice 1'],
      ['Choose it only if it is what you have read', '$0 answer @last --choice 1 "Yes"'],
      ['Choose an option by its label', '$0 answer @last --choice "No, and tell"'], // vocabulary: quoted
      ['Tick the first and the third option', '$0 answer @last --choices 1,3'],
      ['Submit a form', '$0 answer @last --submit'],
      ['Answer in your own words', '$0 answer @last --choice "Type something" --text "the tests first"'],
    ],
  });

  session = worker();
  label = argument('LABEL');
  choice = value('--choice', "the option's number, or words that only its label has");
  choices = list('--choices', 'the options to tick, separated by commas: 1,3');
  text = value('--text', 'your own words, for a field or an option that takes text');
  submit = flag('--submit', 'confirm the form, once every question has an answer');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
