import { hintsOf } from '../evidence/hints.ts';
import type { Row } from '../screen/rows.ts';
import { type OpenDialog, openDialog } from './choices.ts';
import { LETTERED_ROW } from './lettered-menu.ts';
import { consents, POINTER, refuses } from './menu.ts';

/** What an open dialog waits for: a decision about what the agent may do, or the answer to a question of it. */
export const dialogKinds = ['approval', 'question'] as const;
export type DialogKind = (typeof dialogKinds)[number];

/** How many rows that are not blank may lie below the last choice. */
const FOOT_ROWS = 12;

const DECIDES =
  /^\W*(?:yes|no|allow|deny|approve|reject|accept|decline|proceed|trust|don.?t|always|never|run|grant|continue|cancel|abort|skip|enable|disable|confirm|apply|exit|quit|update|not now|keep|once|submit)\b/iu;
const ASKS =
  /\bquestion \d+ ?(?:\/|of) ?\d+\b|^\s*answer (?:the )?questions?\b|\b(?:asks?|asking) (?:you|user|\d+ questions?)\b|\bneeds (?:your )?(?:input|information|answer)\b/iu;
const ANSWERS =
  /\b(?:enter|return|⏎|↵)\b.{0,8}\b(?:submit|answer|send)\b|\b(?:submit|answer)\b.{0,4}\b(?:enter|return)\b/iu;

/** How a choice may begin, or a row of buttons. Most screens have none, and their menus are not read. */
const MAY_BE_CHOICE = new RegExp(
  String.raw`^\s*(?:${POINTER}|[·○]?\s*(?:\[[ x✔✓]?\]\s*)?\d{1,2}[.):\s])|\S {3,}(?:Reject|Deny|Cancel|No)\b`,
  'u',
);

/** The last rows that are not blank. */
function lastShown(rows: readonly Row[], count: number): Row[] {
  const shown: Row[] = [];
  for (let at = rows.length - 1; at >= 0 && shown.length < count; at--) {
    const row = rows[at];
    if (row && !row.blank) shown.unshift(row);
  }
  return shown;
}

/** What the dialog in these rows waits for; undefined where none is open. */
export function dialogKind(rows: readonly Row[], cols: number): DialogKind | undefined {
  const foot = lastShown(rows, FOOT_ROWS);
  const hints = foot.slice(-5).flatMap((row) => [...hintsOf(row)]);
  const takes = hints.includes('take');
  const closes = hints.includes('close');
  const hasChoice = ({ inner }: Row) => MAY_BE_CHOICE.test(inner) || LETTERED_ROW.test(inner);
  if (!takes && !foot.some(hasChoice)) return undefined;
  const dialog = openDialog(rows, cols);
  const words = foot
    .slice(-5)
    .map(({ inner }) => inner)
    .join(' ');
  if (!isOpen(dialog, foot, takes)) {
    if (!takes || !closes) return undefined;
    return ANSWERS.test(words) || dialog.form?.text_field || isQuestionPage(foot) ? 'question' : 'approval';
  }
  const labels = dialog.choices.map(({ label }) => label);
  const decides = labels.some(consents) && labels.some(refuses);
  if (dialog.form?.review || (dialog.form?.tabs.length ?? 0) > 0) return 'question';
  if (dialog.form?.choices.some(({ kind }) => kind === 'text'))
    return decides && !isOptional(labels) ? 'approval' : 'question';
  if (rows.slice(-30).some(({ inner }) => ASKS.test(inner)) && !decides) return 'question';
  if (decides || labels.some((label) => DECIDES.test(label))) return 'approval';
  return ANSWERS.test(words) || /[?？]$/u.test(dialog.question ?? '') ? 'question' : 'approval';
}

const BOTTOM = /^\s*[╰└┗╚][─━═]/u;
const SIDE = /^\s*[│┃║]/u;

/**
 * The rows of a dialog in a frame directly above the input, which the agent goes on showing; undefined where there is
 * none. An answered dialog, or one that is quoted, has no keys in its last row.
 */
export function dialogAbove(above: readonly Row[]): Row[] | undefined {
  const last = above.findLastIndex(({ blank }) => !blank);
  if (last < 0 || !BOTTOM.test(above[last]?.raw ?? '')) return undefined;
  let first = last - 1;
  while (first >= 0 && SIDE.test(above[first]?.raw ?? '')) first--;
  const inside = above.slice(first + 1, last);
  const hints = inside.findLast(({ inner }) => inner.trim() !== '');
  if (hints === undefined) return undefined;
  const kinds = hintsOf(hints);
  return kinds.has('take') && kinds.has('close') ? inside : undefined;
}

/** A page whose choices are not read as a menu: it asks, takes other words, and offers neither consent nor refusal. */
function isQuestionPage(foot: readonly Row[]): boolean {
  const texts = foot.map(({ inner }) => inner.replace(/^[^\p{L}\d]+/u, ''));
  if (texts.some(consents) && texts.some(refuses)) return false;
  return texts.some((text) => OWN_ANSWER.test(text) || /^(?!https?:).*[?？]$/iu.test(text.trimEnd()));
}

const OWN_ANSWER =
  /^(?:type|enter|write) (?:your|a|my|an)\b.{0,12}\b(?:answer|value|response|reply)\b|^other\b/iu;

/** A question may have the answers yes and no, and one in words of one's own. */
const isOptional = (labels: readonly string[]): boolean =>
  labels.filter((label) => DECIDES.test(label)).length < labels.length;

/** Whether the choices are those of a dialog that is open: near the bottom, with a pointer or a key that takes one. */
function isOpen(
  { question, choices, menu, form }: OpenDialog,
  foot: readonly Row[],
  takes: boolean,
): boolean {
  if (!menu || choices.length < 2) return false;
  const last = menu.lastRow;
  if (last === undefined || foot[0] === undefined || last.at < foot[0].at) return false;
  const isPointed = choices.some(({ selected }) => selected);
  if (takes || menu.isLettered) return true;
  const takesWords = form?.choices.some(({ kind }) => kind === 'text');
  // A list of what is done and what is to do has rings, too.
  const isAsked = menu.hasRings && /[?？]$/u.test(question ?? '');
  return (
    isPointed &&
    (menu.isNumbered || takesWords || isAsked || choices.some(({ label }) => DECIDES.test(label)))
  );
}
