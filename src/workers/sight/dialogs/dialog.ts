import type { Static } from 'typebox';
import { noted, nullable, oneOf, text } from '../../../lib/shapes.ts';
import { type Form, type FormChoice, formOf } from '../../../terminal/detection/classification-schema.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { redactDeep } from '../../../workspace/redaction/redaction.ts';
import type { ScreenReading } from '../look.ts';

export const dialogKinds = ['startup', 'approval', 'question', 'overage'] as const;

/** A dialog that waits for an answer, as a form. */
export interface Dialog extends Form {
  kind: (typeof dialogKinds)[number];
  /** The name of a startup dialog: trust_folder, update, ... */
  name: string | null;
  question: string | null;
}

export const DialogShown = noted(
  formOf(
    nullable(text),
    {
      kind: oneOf(dialogKinds),
      name: noted(nullable(text), 'The name of a startup dialog: trust_folder, update, ...'),
      question: nullable(text),
    },
    'Dialog',
  ),
  'The dialog on the screen. One choice: `answer --choice`. multi_select: `--choices`. A choice of kind text, or a text_field: `--text`. submit: `--submit` confirms the form. Words are null where they are not requested.',
);
export type DialogShown = Static<typeof DialogShown>;

/** A dialog as it is printed. Without words where a worker's own were not requested. */
export function shownDialog({ keys: _, ...dialog }: Dialog, { words = true } = {}): DialogShown {
  return words ? redactDeep(dialog) : withoutWords(dialog);
}

/** The form of a dialog alone. */
export const withoutWords = (dialog: DialogShown): DialogShown => ({
  ...dialog,
  title: null,
  question: null,
  choices: dialog.choices.map((choice) => ({ ...choice, label: null, description: null })),
  tabs: dialog.tabs.map((tab) => ({ ...tab, label: null })),
  text_field: dialog.text_field && { value: null },
});

/**
 * The dialog that a screen shows; null if it offers neither choices nor a field nor answers to submit. Questions and
 * approvals in prose are no dialogs.
 */
export function dialogOf(classification: Classification): Dialog | null {
  const { label, overage, startup, question = null, form } = classification;
  if (!form) return null;
  const kind = overage ? 'overage' : startup ? 'startup' : label;
  if (kind !== 'overage' && kind !== 'startup' && kind !== 'approval' && kind !== 'question') return null;
  return { ...form, kind, name: startup ?? null, question };
}

/** A list of letters at the end of a row: `[y/N]`, `(y/n/a)`, with the sign of a prompt behind it. */
const LETTERS = /[[(]\s*(\p{L}(?:\s*\/\s*\p{L}){1,5})\s*[\])]\s*[?:>]*\s*$/u;
const MEANINGS: Readonly<Record<string, string>> = { y: 'Yes', n: 'No' };

/**
 * The same, also of an approval in prose that offers letters at its end. It takes words too, so that only an answer
 * reads it as a dialog.
 */
export function answerableOn({
  classification,
  rows,
}: Pick<ScreenReading, 'classification' | 'rows'>): Dialog | null {
  const dialog = dialogOf(classification);
  const { label, overage, startup, question = null, form } = classification;
  if (dialog || form || overage || startup || label !== 'approval') return dialog;
  const shown = rows.filter((row) => row.trim() !== '').slice(-2);
  const row = /^\s*>\s*$/.test(shown[1] ?? '') ? shown[0] : shown[1];
  const letters = (LETTERS.exec(row ?? '')?.[1] ?? '').split('/').map((each) => each.trim().toLowerCase());
  if (!letters.includes('y') || !letters.includes('n') || new Set(letters).size < letters.length) return null;
  const choices = letters.map((letter, at) => ({
    number: at + 1,
    label: MEANINGS[letter] ?? letter,
    selected: false,
    checked: null,
    kind: 'option' as const,
    description: null,
  }));
  return {
    kind: 'approval',
    name: null,
    question,
    title: null,
    choices,
    tabs: [],
    multi_select: false,
    text_field: null,
    submit: null,
    review: false,
    unanswered: null,
    keys: { toggle: null, forward: 'Right', page: null, choices: letters },
  };
}

/** The key that the screen names for a choice; null for none. */
export const keyFor = ({ choices, keys }: Dialog, { number }: Pick<FormChoice, 'number'>): string | null =>
  keys.choices[choices.findIndex((each) => each.number === number)] ?? null;

/** Whether two screens show the same page of the same dialog, wherever its pointer is and whatever is ticked. */
export function isSame(one: Dialog, other: Dialog | null): boolean {
  if (!other || identity(one) !== identity(other)) return false;
  // A choice for words of one's own is labelled by them once they are typed.
  return one.choices.every((choice, at) => {
    const now = other.choices[at];
    return now !== undefined && (now.label === choice.label || now.kind === 'text' || choice.kind === 'text');
  });
}

const identity = ({ kind, question, choices, tabs, review }: Dialog): string =>
  JSON.stringify([
    kind,
    question,
    review,
    choices.length,
    tabs.findIndex(({ current }) => current),
    tabs.length,
  ]);

/**
 * The choice that the words name: its number, its whole label, or a part of it that no other label has, in any case.
 * null if none or several match.
 */
export function findChoice(choices: readonly FormChoice[], words: string): FormChoice | null {
  const wanted = words.trim().toLowerCase().replace(/\s+/g, ' ');
  if (/^\d+$/.test(wanted)) return choices.find(({ number }) => number === Number(wanted)) ?? null;
  const tests: ((choice: { label: string; whole: string }) => boolean)[] = [
    ({ label }) => label === wanted,
    ({ label }) => label.startsWith(wanted) && !/\w/.test(label[wanted.length] ?? ''),
    ({ label }) => label.includes(wanted),
    // A long label may be cut by the width of the screen.
    ({ whole }) => whole.includes(wanted),
  ];
  for (const fits of tests) {
    const found = choices.filter(({ label, description }) =>
      fits({ label: label.toLowerCase(), whole: `${label} ${description ?? ''}`.toLowerCase() }),
    );
    if (wanted !== '' && found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
  }
  return null;
}

/** The key that moves the pointer one step towards a choice; null if it is there, or if there is no pointer. */
export function stepTowards({ choices, keys }: Dialog, wanted: FormChoice): string | null {
  const at = choices.findIndex(({ selected }) => selected);
  const to = choices.findIndex(({ number }) => number === wanted.number);
  if (at < 0 || at === to) return null;
  const [forward, back] = keys.forward === 'Right' ? ['Right', 'Left'] : ['Down', 'Up'];
  return to > at ? forward : back;
}

/** Words with which a choice neither pays nor goes on at once. */
const DECLINES =
  /^(?:no(?:$|[,.;:(–—-]| thanks\b|t now\b)|don.t\b|do not\b|cancel\b|decline\b|dismiss\b|go back\b|never ?mind\b)/i;
const WAITS = /^(?:stop|wait|keep waiting|pause|exit|quit|later|remind me|close)\b/i;
const PAYS =
  /\b(?:pay|paid|usage|credits?|upgrade|buy|purchase|funds?|overage|billing|billed|charge[ds]?|subscri\w+|plan)\b|[$€£]/i;

/** Whether a choice of an offer to pay only declines it, or waits for the limit to reset. */
export const isFree = ({ label }: Pick<FormChoice, 'label'>): boolean =>
  DECLINES.test(label.trim()) || (WAITS.test(label.trim()) && !PAYS.test(label));

const PLAN = /\bplan\b/i;
const KEEPS = /^(?:no\b|keep|stay|cancel|reject|revise|tell|suggest|continue planning|go back|don.t)/i;

/** Whether a choice ends the plan mode in which an agent only reads. */
export function leavesPlanMode({ kind, question, title, choices }: Dialog, choice: FormChoice): boolean {
  if (kind !== 'approval') return false;
  const asked = [question ?? '', title ?? ''].join(' ');
  const labels = choices.map(({ label }) => label).join(' ');
  const isPlan =
    /\b(?:exit|leave) plan mode\b|\bready to code\b|\b(?:implement|approve|accept|execute|start) (?:this |the )?plan\b/i.test(
      `${asked} ${labels}`,
    ) ||
    (PLAN.test(asked) && /\bproceed\b/i.test(asked)) ||
    /auto-accept edits\b.*\bmanually approve|\bkeep planning\b/i.test(labels);
  return isPlan && !KEEPS.test(choice.label.trim());
}
