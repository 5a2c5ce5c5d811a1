import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { count, flag, keyed, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

export const LABELS = [
  'working',
  'idle',
  'question',
  'approval',
  'limit',
  'error',
  'exited',
  'unknown',
] as const;
export const Label = oneOf(LABELS);
export type Label = Static<typeof Label>;

export const Warning = Type.Object(
  {
    kind: oneOf(['limit_warning', 'retrying']),
    text: noted(text, 'The row that says so.'),
    rule: text,
    resets_at_text: Type.Optional(text),
    paid: Type.Optional(noted(Type.Literal(true), 'The work goes on and is paid by the use.')),
  },
  { title: 'ScreenWarning' },
);
export type Warning = Static<typeof Warning>;

export const Choice = Type.Object(
  {
    number: noted(count, 'The number to type; the position from the top where the dialog shows no number.'),
    label: text,
    selected: noted(flag, 'True for the choice that Enter would take.'),
  },
  { title: 'Choice' },
);
export type Choice = Static<typeof Choice>;

const formChoice = <Words extends TSchema>(label: Words, name: string) =>
  Type.Object(
    {
      number: noted(count, 'The number to type; the position where the dialog shows no number.'),
      label,
      selected: noted(flag, 'Whether the pointer is on it.'),
      checked: noted(nullable(flag), 'Whether its box is ticked; null where it has none.'),
      kind: noted(
        oneOf(['option', 'text', 'submit']),
        '`text`: takes words of your own; `submit`: confirms what is ticked or was answered.',
      ),
      description: noted(nullable(text), 'What the dialog says of it in further rows.'),
    },
    { title: name },
  );

const formTab = <Words extends TSchema>(label: Words, name: string) =>
  Type.Object(
    {
      label,
      current: noted(flag, 'Whether this page is shown.'),
      answered: noted(nullable(flag), 'Null where the dialog does not show it.'),
      kind: oneOf(['question', 'submit']),
    },
    { title: name },
  );

/** What a dialog takes, besides its question. `label`: the type of its words. */
const formParts = <Words extends TSchema>(label: Words, name: string) => ({
  title: noted(nullable(text), 'The heading above the question.'),
  choices: list(formChoice(label, `${name}Choice`)),
  tabs: noted(
    list(formTab(label, `${name}Tab`)),
    'The pages of a form with several questions; empty where it shows none.',
  ),
  multi_select: noted(flag, 'Whether several choices can be ticked.'),
  text_field: noted(nullable(Type.Object({ value: label })), 'The field that takes text now, and its text.'),
  submit: noted(
    nullable(oneOf(['choice', 'tab', 'enter'])),
    'How the answers are submitted: by a choice of that kind, on a page of its own, or by Enter. Null where a choice answers the dialog.',
  ),
  review: noted(flag, 'Whether this page only asks to submit what was answered.'),
  unanswered: noted(nullable(count), 'How many questions have no answer yet; null where it is not shown.'),
});

/** A form with more keys: a schema of its own. */
export const formOf = <Words extends TSchema, More extends TProperties>(
  label: Words,
  more: More,
  name: string,
) => Type.Object({ ...more, ...formParts(label, name) }, { title: name });

export const Form = formOf(
  text,
  {
    keys: noted(
      Type.Object({
        toggle: noted(nullable(text), 'Ticks the box at the pointer.'),
        forward: noted(oneOf(['Down', 'Right']), 'Moves the pointer to the next choice.'),
        page: noted(nullable(text), 'Shows the next page.'),
        choices: noted(
          list(nullable(text)),
          'Takes each choice at once: the number or letter that the screen names for it; null where it names none.',
        ),
      }),
      "Keys by tmux's names.",
    ),
  },
  'Form',
);
export type Form = Static<typeof Form>;
export type FormChoice = Form['choices'][number];
export type FormTab = Form['tabs'][number];

/** What one screen means, and the evidence for it. */
export const Classification = Type.Object({
  label: noted(Label, '`unknown`: no rule matches this frame; callers keep the last known state.'),
  warnings: list(Warning),
  overage: noted(
    flag,
    'True when the screen offers to continue for money. AgentPool never answers such an offer.',
  ),
  startup: Type.Optional(
    noted(text, 'The startup dialog that blocks the worker: trust_folder, update, login ...'),
  ),
  rule: Type.Optional(text),
  region: Type.Optional(text),
  evidence: noted(list(text), 'The rows that the classification is based on.'),
  question: Type.Optional(text),
  choices: Type.Optional(list(Choice)),
  form: Type.Optional(noted(Form, 'The dialog as a form: what it takes and how it is filled in.')),
  resets_at_text: Type.Optional(noted(text, 'When the quota resets, as the screen words it.')),
  continues_itself: Type.Optional(
    noted(Type.Literal(true), 'The agent waits for the limit to reset and goes on by itself.'),
  ),
  still: Type.Optional(noted(Type.Literal(true), 'This sign of work does not move while the work goes on.')),
  safe_key: Type.Optional(
    noted(text, "The key, by tmux's name, that closes the menu of a limit and chooses nothing."),
  ),
  others: noted(
    list(Type.Object({ rule: text, label: text, why: text, evidence: list(text) })),
    'Other rules that matched, and why they lost.',
  ),
  regions: noted(
    keyed(Type.Object({ first: count, last: count })),
    'Screen rows (1-based, inclusive) of the input box and of the regions around it.',
  ),
});
export type Classification = Static<typeof Classification>;
