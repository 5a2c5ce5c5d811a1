import Type, { type Static } from 'typebox';
import { count, flag, keyed, list, noted, oneOf, text } from '../../lib/shapes.ts';

export const Label = oneOf([
  'working',
  'idle',
  'question',
  'approval',
  'limit',
  'error',
  'exited',
  'unknown',
]);
export type Label = Static<typeof Label>;

export const Warning = Type.Object(
  {
    kind: oneOf(['limit_warning', 'retrying']),
    text: noted(text, 'The row that says so.'),
    rule: text,
    resets_at_text: Type.Optional(text),
  },
  { title: 'ScreenWarning' },
);
export type Warning = Static<typeof Warning>;

export const Choice = Type.Object(
  {
    number: noted(count, 'The number to type; where the dialog shows none, its place from the top.'),
    label: text,
    selected: noted(flag, 'The one that Enter would take.'),
  },
  { title: 'Choice' },
);
export type Choice = Static<typeof Choice>;

/** What one screen means, and why. */
export const Classification = Type.Object({
  label: noted(Label, '`unknown`: no rule knows this frame; whoever asks keeps the state that is known.'),
  warnings: list(Warning),
  overage: noted(
    flag,
    'True where the screen offers to go on for money. AgentPool never answers such an offer.',
  ),
  startup: Type.Optional(
    noted(text, 'The startup dialog that holds the worker up: trust_folder, update, login ...'),
  ),
  rule: Type.Optional(text),
  region: Type.Optional(text),
  evidence: noted(list(text), 'The very rows that the judgement rests on.'),
  question: Type.Optional(text),
  choices: Type.Optional(list(Choice)),
  resets_at_text: Type.Optional(noted(text, "When the quota comes back, in the screen's own words.")),
  others: noted(
    list(Type.Object({ rule: text, label: text, why: text, evidence: list(text) })),
    'What else matched, and why it lost.',
  ),
  regions: noted(
    keyed(Type.Object({ first: count, last: count })),
    'Screen rows (1-based, both ends included) of the input box and what lies around it.',
  ),
});
export type Classification = Static<typeof Classification>;
