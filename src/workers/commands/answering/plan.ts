import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import { type Dialog, findChoice, keyFor } from '../../sight/dialogs/dialog.ts';

export interface AnswerRequest {
  /** The number of the choice, or words that only it has; null for none. */
  choice: string | null;
  /** The label of that choice, or its beginning, as the caller has read it; null where it is not to be compared. */
  expected?: string | null;
  /** The choices whose boxes are to be ticked, all others not; null for none named. */
  choices?: readonly string[] | null;
  /** Words for a field, or for a choice that takes them; null for none. */
  text: string | null;
  /** Whether to confirm the form, with all its pages answered. */
  submit?: boolean;
  /** The startup dialog that is meant; another one is left alone. */
  startup?: string;
}

/** What has to be done to a dialog. */
export type AnswerPlan =
  | { kind: 'take'; choice: FormChoice; text: string | null }
  | { kind: 'tick'; boxes: readonly Tick[]; words: { choice: FormChoice; text: string } | null }
  | { kind: 'write'; text: string }
  | { kind: 'submit' };

export interface Tick {
  choice: FormChoice;
  checked: boolean;
}

/** Why a request does not fit a dialog. */
export type Misfit =
  | { code: 'NOTHING_GIVEN' | 'TWO_FORMS' }
  | { code: 'NOT_FOUND'; words: string }
  | { code: 'CHANGED'; choice: FormChoice; expected: string }
  | { code: 'ONE_CHOICE'; count: number }
  | { code: 'NO_BOX'; choice: FormChoice }
  | { code: 'NEEDS_TEXT'; choice: FormChoice }
  | { code: 'NO_TEXT'; choice: FormChoice | null }
  | { code: 'NAME_THE_CHOICE' }
  | { code: 'NOTHING_TO_SUBMIT' }
  | { code: 'INCOMPLETE' };

/** How a request is carried out in a dialog, or why it does not fit. */
export function planFor(dialog: Dialog, request: AnswerRequest): AnswerPlan | Misfit {
  const { choice, expected = null, choices, text, submit = false } = request;
  if (choice !== null && choices) return { code: 'TWO_FORMS' };
  const named = choices ?? (choice === null ? null : [choice]);
  if (named === null && text === null) return submit ? submitting(dialog) : { code: 'NOTHING_GIVEN' };
  if (named?.length === 0) return { code: 'NOTHING_GIVEN' };
  const wanted: FormChoice[] = [];
  for (const words of (named ?? []).flatMap((each) => separated(dialog, each, choice === null))) {
    const found = namedIn(dialog, words);
    if (!found) return { code: 'NOT_FOUND', words };
    if (!wanted.includes(found)) wanted.push(found);
  }
  const [first] = wanted;
  if (first && expected !== null && !isLabelled(first, expected))
    return { code: 'CHANGED', choice: first, expected };
  // Beside the boxes there are choices that leave the question: they are taken alone.
  const isAlone = choice !== null && first !== undefined && first.checked === null;
  if (dialog.multi_select && !isAlone) return ticking(dialog, wanted, text);
  if (wanted.length > 1) return { code: 'ONE_CHOICE', count: wanted.length };
  if (first) return { kind: 'take', choice: first, text };
  return writing(dialog, text ?? '');
}

/** By the letter that takes it, which other labels may contain; else by its number or its words. */
function namedIn(dialog: Dialog, words: string): FormChoice | null {
  const isLetter = /^\p{L}$/u.test(words.trim());
  const byLetter = isLetter && dialog.choices.find((choice) => keyFor(dialog, choice) === words.trim());
  return byLetter || findChoice(dialog.choices, words);
}

/** Whether a label begins with these words. The caller may have read it without its secrets. */
const isLabelled = ({ label }: FormChoice, expected: string): boolean =>
  [label, redact(label)].some((each) => squeezed(each).startsWith(squeezed(expected)));

const squeezed = (words: string): string => words.replace(/\s+/g, ' ').trim().toLowerCase();

/** `1,3` names two choices; a label may have a comma of its own. */
const separated = ({ choices }: Dialog, words: string, isList: boolean): string[] =>
  isList && !findChoice(choices, words) ? words.split(',') : [words];

function ticking(
  { choices }: Dialog,
  wanted: readonly FormChoice[],
  text: string | null,
): AnswerPlan | Misfit {
  const unboxed = wanted.find(({ checked }) => checked === null);
  if (unboxed) return { code: 'NO_BOX', choice: unboxed };
  const own = choices.filter(({ kind, checked }) => kind === 'text' && checked !== null);
  const target = wanted.find(({ kind }) => kind === 'text') ?? (own.length === 1 ? own[0] : undefined);
  if (text !== null && !target) return { code: 'NO_TEXT', choice: wanted[0] ?? null };
  const wordless =
    text === null ? wanted.find(({ kind, checked }) => kind === 'text' && !checked) : undefined;
  if (wordless) return { code: 'NEEDS_TEXT', choice: wordless };
  const isWanted = ({ number }: FormChoice) => wanted.some((each) => each.number === number);
  const boxes = choices.flatMap((choice): Tick[] =>
    choice.checked === null || wanted.length === 0 || (text !== null && choice === target)
      ? []
      : [{ choice, checked: isWanted(choice) }],
  );
  return { kind: 'tick', boxes, words: text !== null && target ? { choice: target, text } : null };
}

function writing({ choices, kind, text_field }: Dialog, text: string): AnswerPlan | Misfit {
  if (choices.length === 0) return text_field ? { kind: 'write', text } : { code: 'NO_TEXT', choice: null };
  // What is granted or refused with words is for the caller to say.
  if (kind !== 'question') return { code: 'NAME_THE_CHOICE' };
  const own = choices.filter((choice) => choice.kind === 'text');
  const [only] = own;
  if (only && own.length === 1) return { kind: 'take', choice: only, text };
  return own.length > 1 ? { code: 'NAME_THE_CHOICE' } : { code: 'NO_TEXT', choice: null };
}

function submitting(dialog: Dialog): AnswerPlan | Misfit {
  const { review, unanswered, submit, multi_select, choices, tabs, text_field } = dialog;
  if (review) return (unanswered ?? 0) > 0 ? { code: 'INCOMPLETE' } : { kind: 'submit' };
  const isTicked = choices.some(({ checked }) => checked === true);
  if (multi_select && !isTicked) return { code: 'INCOMPLETE' };
  if (text_field && choices.length === 0)
    return text_field.value === '' ? { code: 'INCOMPLETE' } : { kind: 'submit' };
  const isForm = submit !== null || tabs.length > 1;
  if (!isForm) return { code: 'NOTHING_TO_SUBMIT' };
  if (multi_select) {
    const others = tabs.filter(
      ({ current, answered, kind }) => kind === 'question' && !current && answered === false,
    );
    return others.length > 0 ? { code: 'INCOMPLETE' } : { kind: 'submit' };
  }
  // Enter would take the choice at the pointer: only a page that has its answer may be left by it.
  return unanswered === 0 ? { kind: 'submit' } : { code: 'INCOMPLETE' };
}
