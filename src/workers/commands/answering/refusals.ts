import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import { type Dialog, shownDialog } from '../../sight/dialogs/dialog.ts';
import type { Misfit } from './plan.ts';

const listed = (choices: readonly FormChoice[]): string =>
  choices.map(({ number, label }) => `${number} ${label}`).join(' | ');

const named = ({ number, label }: FormChoice): string => `Choice ${number} (${label})`;

export const noDialog = ({ id, state }: SessionRow) =>
  new AgentPoolError(
    'NO_DIALOG',
    `The screen of ${id} (${state}) shows no dialog with choices. Answer a question in prose with a message.`,
    { session_id: id, state, example: shell`agentpool send ${id} "..."` },
  );

/** A request that does not fit the dialog, with the one that does. */
export function misfit(session: SessionRow, dialog: Dialog, why: Misfit): AgentPoolError {
  const { id } = session;
  const { question, choices, unanswered } = dialog;
  const first = choices.find(({ kind }) => kind === 'option') ?? choices[0];
  const number = first?.number ?? 1;
  const one = shell`agentpool answer ${id} --choice ${number}`;
  const several = shell`agentpool answer ${id} --choices ${choices
    .filter(({ checked }) => checked !== null)
    .slice(0, 2)
    .map((each) => each.number)
    .join(',')}`;
  const right = dialog.multi_select
    ? several
    : choices.length > 0
      ? one
      : shell`agentpool answer ${id} --text "my answer"`;
  const error = (
    code:
      | 'INVALID_REQUEST'
      | 'CHOICE_NOT_FOUND'
      | 'CHOICE_TAKES_NO_TEXT'
      | 'FORM_MISMATCH'
      | 'FORM_INCOMPLETE',
    message: string,
    example: string,
  ) =>
    new AgentPoolError(code, redact(message), {
      session_id: id,
      question: question === null ? null : redact(question),
      choices: redactDeep(choices.map(({ number, label, selected }) => ({ number, label, selected }))),
      dialog: shownDialog(dialog),
      example,
    });
  switch (why.code) {
    case 'NOTHING_GIVEN':
      return error('INVALID_REQUEST', 'Say what to answer: --choice, --choices, --text or --submit.', right);
    case 'TWO_FORMS':
      return error(
        'INVALID_REQUEST',
        'Use --choice for one choice, or --choices for several, not both.',
        right,
      );
    case 'NOT_FOUND':
      return error(
        'CHOICE_NOT_FOUND',
        `${JSON.stringify(why.words)} matches none of the choices, or several: ${listed(choices)}.`,
        right,
      );
    case 'CHANGED':
      return error(
        'CHOICE_NOT_FOUND',
        `${named(why.choice)} is not ${JSON.stringify(why.expected)}: the dialog may have changed since you read it. Nothing was pressed.`,
        shell`agentpool explain ${id}`,
      );
    case 'ONE_CHOICE':
      return error(
        'FORM_MISMATCH',
        `This dialog takes one choice, and ${why.count} were named: use --choice. Nothing was pressed.`,
        one,
      );
    case 'NO_BOX':
      return error(
        'FORM_MISMATCH',
        `${named(why.choice)} has no box to tick: it is taken alone, with --choice. Nothing was pressed.`,
        shell`agentpool answer ${id} --choice ${why.choice.number}`,
      );
    case 'NEEDS_TEXT':
      return error(
        'FORM_MISMATCH',
        `${named(why.choice)} takes words of your own: give them with --text. Nothing was pressed.`,
        shell`agentpool answer ${id} --text "my answer"`,
      );
    case 'NO_TEXT':
      return why.choice
        ? takesNone(session, why.choice)
        : error('CHOICE_TAKES_NO_TEXT', `No choice of this dialog takes words: ${listed(choices)}.`, right);
    case 'NAME_THE_CHOICE':
      return error(
        'FORM_MISMATCH',
        `Name the choice that the text goes with: --choice with --text. The choices: ${listed(choices)}.`,
        shell`agentpool answer ${id} --choice ${choices.at(-1)?.number ?? number} --text "use the other file"`,
      );
    case 'NOTHING_TO_SUBMIT':
      return error(
        'FORM_MISMATCH',
        'This dialog has nothing to submit: a choice answers it. Use --choice.',
        one,
      );
    case 'INCOMPLETE':
      return error(
        'FORM_INCOMPLETE',
        `The form was not submitted: ${open(unanswered, dialog)}. Answer it first.`,
        right,
      );
  }
}

const open = (unanswered: number | null, { multi_select, choices, text_field, question }: Dialog): string => {
  if (multi_select && !choices.some(({ checked }) => checked))
    return `no box of ${JSON.stringify(question)} is ticked`;
  if (text_field && choices.length === 0) return `the field of ${JSON.stringify(question)} is empty`;
  if (unanswered !== null && unanswered > 1) return `${unanswered} questions have no answer`;
  return unanswered === 1 ? 'a question has no answer' : `${JSON.stringify(question)} has no answer yet`;
};

export const takesNone = ({ id }: SessionRow, { number, label }: FormChoice) =>
  new AgentPoolError(
    'CHOICE_TAKES_NO_TEXT',
    redact(`Choice ${number} (${label}) takes no text. Answer without it, and send it as a message.`),
    { session_id: id, example: shell`agentpool answer ${id} --choice ${number}` },
  );

export const overage = ({ id }: SessionRow, { question }: Dialog) =>
  new AgentPoolError(
    'OVERAGE_NEEDS_A_PERSON',
    'This dialog is about paying beyond the subscription: only a person may accept it, in the terminal. A choice that declines it or waits can be taken.',
    {
      session_id: id,
      question: question === null ? null : redact(question),
      example: shell`agentpool attach ${id}`,
    },
  );

export const leavesReadOnly = ({ id }: SessionRow, dialog: Dialog, { number, label }: FormChoice) => {
  const stays = dialog.choices.find(({ label: words }) => /^(?:no\b|keep)/i.test(words));
  return new AgentPoolError(
    'READ_ONLY_WORKER',
    redact(
      `Choice ${number} (${label}) ends the plan mode, and this worker may only read. ${
        stays ? `Choice ${stays.number} (${stays.label}) keeps it. ` : ''
      }To have the plan carried out, collect it and spawn a worker with --isolation worktree.`,
    ),
    {
      session_id: id,
      example: stays
        ? shell`agentpool answer ${id} --choice ${stays.number}`
        : shell`agentpool collect ${id}`,
    },
  );
};

/** The dialog did not react as expected: what was seen, and that nothing more was pressed. */
export const stuck = ({ id }: SessionRow, why: string, seen: Dialog | null = null) =>
  new AgentPoolError(
    'DIALOG_STUCK',
    redact(`The dialog was not answered: ${why}. Nothing more was pressed.`),
    {
      session_id: id,
      ...(seen ? { dialog: shownDialog(seen) } : {}),
      example: shell`agentpool explain ${id}`,
    },
  );
