import type { Choice } from '../../terminal/detection/classification-schema.ts';
import type { Classification } from '../../terminal/detection/classify.ts';

export const dialogKinds = ['startup', 'approval', 'question', 'overage'] as const;

/** A dialog that waits for a choice. */
export interface Dialog {
  kind: (typeof dialogKinds)[number];
  /** The name of a startup dialog: trust_folder, update, ... */
  name: string | null;
  question: string | null;
  choices: readonly Choice[];
}

/** The dialog that a screen shows; null if it offers no choices. Questions and approvals in prose are no dialogs. */
export function dialogOf(classification: Classification): Dialog | null {
  const { label, overage, startup, question = null, choices = [] } = classification;
  if (choices.length === 0) return null;
  const kind = overage ? 'overage' : startup ? 'startup' : label;
  if (kind !== 'overage' && kind !== 'startup' && kind !== 'approval' && kind !== 'question') return null;
  return { kind, name: startup ?? null, question, choices };
}

/** Whether two screens show the same dialog, wherever its pointer is. */
export const isSame = (one: Dialog, other: Dialog | null): boolean => identity(one) === identity(other);

const identity = (dialog: Dialog | null): string =>
  dialog ? JSON.stringify([dialog.kind, dialog.question, dialog.choices.map(({ label }) => label)]) : '';

/**
 * The choice that the words name: its number, its whole label, or a part of it that no other label has, in any case.
 * null if none or several match.
 */
export function findChoice(choices: readonly Choice[], words: string): Choice | null {
  const wanted = words.trim().toLowerCase();
  if (/^\d+$/.test(wanted)) return choices.find(({ number }) => number === Number(wanted)) ?? null;
  const tests: ((label: string) => boolean)[] = [
    (label) => label === wanted,
    (label) => label.startsWith(wanted) && !/\w/.test(label[wanted.length] ?? ''),
    (label) => label.includes(wanted),
  ];
  for (const fits of tests) {
    const found = choices.filter(({ label }) => fits(label.toLowerCase()));
    if (wanted !== '' && found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
  }
  return null;
}

/**
 * The key that moves the pointer one step towards a choice; null if it is there, or if there is no pointer. Buttons
 * are side by side, the rows of a menu one below the other.
 */
export function stepTowards(
  choices: readonly Choice[],
  wanted: Choice,
  rows: readonly string[],
): string | null {
  const at = choices.findIndex(({ selected }) => selected);
  const to = choices.findIndex(({ number }) => number === wanted.number);
  if (at < 0 || at === to) return null;
  const [forward, back] = areSideBySide(choices, rows) ? ['Right', 'Left'] : ['Down', 'Up'];
  return to > at ? forward : back;
}

const areSideBySide = ([first, second]: readonly Choice[], rows: readonly string[]): boolean =>
  first !== undefined &&
  second !== undefined &&
  rows.some((row) => {
    const at = row.indexOf(first.label);
    return at >= 0 && row.indexOf(second.label, at + first.label.length) > at;
  });
