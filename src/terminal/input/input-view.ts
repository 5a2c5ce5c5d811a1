import { classify } from '../detection/classify.ts';
import { cutRegions } from '../detection/rules/regions.ts';
import type { RuleSet } from '../detection/rules/rule-set.ts';
import { type Row, readRows } from '../detection/screen/rows.ts';
import { screenFromText } from '../detection/screen/screen-from-text.ts';

/** Where a program takes text, as far as its rules know its screens. Rows are those of the screen, as plain text. */
export interface InputView {
  /** Whether the agent has rules of its own, and neither they nor the general ones know this screen. */
  isUnknown(rows: readonly string[], message: string): boolean;
  /**
   * The rows of the input box, both ends inclusive; null where no box that the rules know is drawn. `framed`: a line
   * above it distinguishes it from anything else that begins with the same sign, such as the chosen entry of a menu.
   */
  boxOf(rows: readonly string[]): { first: number; last: number; framed: boolean } | null;
  /**
   * The row of a dialog that a key would answer; null where none is shown. `message` is our own text: what it says is
   * never taken for the screen's.
   */
  dialogOn(rows: readonly string[], message: string): string | null;
}

/** A program of which nothing is known: text may appear anywhere. */
export const ANY_SCREEN: InputView = { isUnknown: () => false, boxOf: () => null, dialogOn: () => null };

/** How the rules of an agent, and the general ones after them, read its input. */
export function inputView(rules: RuleSet): InputView {
  const read = (rows: readonly string[], message: string) => {
    const screen = screenFromText(withoutTyped(rows, message).join('\n'));
    return { screen, classification: classify(screen, rules, { echo: message }) };
  };
  return {
    isUnknown: (rows, message) =>
      rules.fallback !== undefined && read(rows, message).classification.label === 'unknown',
    boxOf: (rows) => {
      const screen = screenFromText(rows.join('\n'));
      for (const { layout } of rules.fallback ? [rules, rules.fallback] : [rules]) {
        const { box } = cutRegions(readRows(screen), '', layout);
        if (!box) continue;
        const framed =
          layout.boxes.length === 0
            ? box.shape !== 'bare'
            : layout.boxes.some(({ name, top }) => name === box.shape && top !== undefined);
        return { first: box.first, last: box.last, framed };
      }
      return null;
    },
    dialogOn: (rows, message) => {
      const { screen, classification } = read(rows, message);
      const { label, question, choices, evidence } = classification;
      if (choices?.length) return question ?? evidence[0] ?? choices[0]?.label ?? '';
      // A page that waits for a key, whose choices are no menu.
      if (label === 'approval' && classification.region === 'dialog') return question ?? evidence[0] ?? '';
      return label === 'unknown' ? unknownDialog(readRows(screen, message)) : null;
    },
  };
}

/** The rows without the end of a message in the line where it was typed: `Run it? [y/N] y`. */
function withoutTyped(rows: readonly string[], message: string): string[] {
  const end = message.trimEnd().split('\n').at(-1) ?? '';
  const at = rows.findLastIndex((row) => row.trim() !== '');
  const row = (rows[at] ?? '').trimEnd();
  return end !== '' && row.endsWith(end) ? rows.with(at, row.slice(0, -end.length)) : [...rows];
}

/** How many rows above the last one belong to a dialog that no rule knows. */
const DIALOG_ROWS = 12;

/** What only a program that waits for a key writes at the bottom of its screen. */
const KEY_HINT =
  /\b(?:press|hit|use)\b.{0,20}\b(?:enter|return|esc(?:ape)?|any key|[yn])\b|\b(?:enter|return|↵|esc(?:ape)?|tab|space)\b ?(?:to|=|:)? ?(?:confirm|select|accept|allow|approve|proceed|continue|submit|run|deny|reject|decline|cancel|abort|dismiss|exit)\b|[[(<]\s?y(?:es)?\s?[/|]\s?n(?:o)?\b/iu;
/** A row that offers a decision, as an entry of a menu or as a button. */
const DECISION =
  /^\W*(?:\(?[\da-z][.):\]]\s*)?(?:\[[ \w]\]\s*)?(?:yes|no|allow|deny|approve|reject|accept|decline|proceed|cancel|run|skip|abort)\b(?!.*[.!?]$)/iu;

/** The row of a dialog that no rule knows: a hint which key answers, or two decisions one below the other. */
export function unknownDialog(rows: readonly Row[]): string | null {
  const low = rows.filter(({ blank }) => !blank).slice(-DIALOG_ROWS);
  const hint = low.find(({ inner }) => KEY_HINT.test(inner));
  if (hint) return hint.inner.trim();
  const decisions = low.filter(({ inner }) => DECISION.test(inner));
  return decisions.length >= 2 ? (decisions[0]?.inner.trim() ?? null) : null;
}
