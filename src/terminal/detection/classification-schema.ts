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
    number: noted(count, 'The number to type; the position from the top where the dialog shows no number.'),
    label: text,
    selected: noted(flag, 'True for the choice that Enter would take.'),
  },
  { title: 'Choice' },
);
export type Choice = Static<typeof Choice>;

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
  resets_at_text: Type.Optional(noted(text, 'When the quota resets, as the screen words it.')),
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
