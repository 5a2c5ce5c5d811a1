import type { Form, FormTab } from '../classification-schema.ts';
import { type KeyHint, keyHints } from '../evidence/key-hints.ts';
import { type Row, squeeze } from '../screen/rows.ts';
import { FRAME, keysOf, type Menu } from './menu.ts';
import { currentTab, tabsIn } from './tabs.ts';

/** How many rows above its choices belong to a dialog. */
const HEAD_ROWS = 14;
const FOOT_ROWS = 14;

/** What a dialog takes besides its choices; undefined for rows with neither choices nor a field nor a review. */
export function readForm(rows: readonly Row[], menu: Menu | undefined): Form | undefined {
  const end = menu ? menu.last + 1 : rows.length;
  const start = menu?.first ?? end;
  const head = rows.slice(Math.max(0, start - HEAD_ROWS), start);
  const foot = menu ? rows.slice(end, end + FOOT_ROWS) : rows.slice(-FOOT_ROWS);
  const hints = hintsIn(foot);
  const tabs = tabsIn(menu ? head : rows.slice(-HEAD_ROWS - 6), foot);
  const field = fieldIn(foot, hints);
  const choices = menu?.choices ?? [];
  const multi = choices.some(({ checked }) => checked !== null);
  const reviewed = reviewIn(menu ? head : rows.slice(-HEAD_ROWS - 6), tabs, hints, choices);
  if (!menu && !field && !reviewed) return undefined;
  const toggle = multi ? (keyFor(hints, /^toggle/) ?? keyFor(hints, /^select/) ?? 'Space') : null;
  return {
    title: currentTab(tabs)?.label ?? titleOf(head),
    choices,
    tabs,
    multi_select: multi,
    text_field: field,
    submit: submitBy({ choices, tabs, multi, toggle, reviewed, menu, field }),
    review: reviewed,
    unanswered: unansweredIn(rows, tabs, reviewed),
    keys: {
      toggle,
      forward: menu?.forward ?? 'Down',
      page: pageKey(tabs, hints, foot),
      choices: menu ? keysOf(menu) : [],
    },
  };
}

interface Submitting extends Pick<Form, 'choices' | 'tabs'> {
  multi: boolean;
  toggle: string | null;
  reviewed: boolean;
  menu: Menu | undefined;
  field: Form['text_field'];
}

function submitBy({ choices, tabs, multi, toggle, reviewed, menu, field }: Submitting): Form['submit'] {
  if (choices.some(({ kind }) => kind === 'submit')) return 'choice';
  if (!menu && (field || reviewed)) return 'enter';
  if (tabs.some(({ kind }) => kind === 'submit')) return 'tab';
  return multi && toggle !== 'Enter' ? 'enter' : null;
}

/** The hints of the rows, also of those that wrap into the next one. */
const hintsIn = (rows: readonly Row[]): KeyHint[] => {
  const shown = rows.map(({ inner }) => inner);
  return [...shown, squeeze(shown.slice(-4).join(' '))].flatMap(keyHints);
};

const keyFor = (hints: readonly KeyHint[], action: RegExp): string | undefined =>
  hints.find((hint) => action.test(hint.action))?.keys[0];

/** The key that shows the next page. Arrows move the cursor in a field of text. */
function pageKey(tabs: readonly FormTab[], hints: readonly KeyHint[], foot: readonly Row[]): string | null {
  if (tabs.length < 2) return null;
  const named = keyFor(hints, /^next/);
  if (named) return named;
  const words = foot.map(({ inner }) => inner).join(' ');
  if (/←\s?\/\s?→ to navigate/.test(words)) return 'Right';
  return /⇆ tab|\btab\s?\/\s?arrow keys/i.test(words) || tabs.some(({ kind }) => kind === 'submit')
    ? 'Tab'
    : null;
}

const PROMPT = /^\s*[❯›>](?:\s+(.*))?$/u;

/** A field between two lines, below the choices or in their place, while Enter accepts it. */
function fieldIn(foot: readonly Row[], hints: readonly KeyHint[]): Form['text_field'] {
  const at = foot.findLastIndex(({ inner }) => PROMPT.test(inner));
  const row = foot[at];
  if (!row || !keyFor(hints, /^(?:accept|submit|answer)/)) return null;
  const isRuled = isLine(foot[at - 1]) && isLine(foot[at + 1]);
  const isNotes = /\b(?:clear|add) notes\b/i.test(foot.map(({ inner }) => inner).join(' '));
  if (!isRuled && !(isNotes && foot[at - 1]?.blank)) return null;
  const value = (PROMPT.exec(row.inner)?.[1] ?? '').trim();
  return { value: isPlaceholder(row, value) ? '' : value };
}

/** What an empty field suggests, which is dim where styles are known. */
const isPlaceholder = ({ raw, runs }: Row, value: string): boolean =>
  runs?.some(({ dim, start, end }) => dim && start <= raw.indexOf(value) && raw.indexOf(value) < end) ===
    true || /^(?:add notes|type your answer)\b/i.test(value);

/** Whether a row may be the field itself. */
export const isField = ({ inner }: Row): boolean => PROMPT.test(inner);

const isLine = (row: Row | undefined): boolean => row !== undefined && /^\s*[─━]{4,}\s*$/.test(row.inner);

const REVIEW = /^\s*(?:review(?: your answers)?|ready to submit(?: your answers)?\s*\??)\s*$/i;

/** The row that names a page on which answers are reviewed. */
export const reviewTitle = (rows: readonly Row[]): string | undefined =>
  rows
    .slice(-HEAD_ROWS - 6)
    .findLast(({ inner }) => REVIEW.test(inner))
    ?.inner.trim();

function reviewIn(
  head: readonly Row[],
  tabs: readonly FormTab[],
  hints: readonly KeyHint[],
  choices: Form['choices'],
): boolean {
  const submits =
    choices.some(({ kind }) => kind === 'submit') || (choices.length === 0 && hints.some(isSubmitting));
  if (!submits) return false;
  return currentTab(tabs)?.kind === 'submit' || reviewTitle(head) !== undefined;
}

const isSubmitting = ({ keys, action }: KeyHint): boolean =>
  keys[0] === 'Enter' && /^(?:submit|confirm)\b/.test(action);

/** How many questions are open, as the screen says it or by its tabs. */
function unansweredIn(rows: readonly Row[], tabs: readonly FormTab[], reviewed: boolean): number | null {
  const words = squeeze(
    rows
      .slice(-30)
      .map(({ inner }) => inner)
      .join(' '),
  );
  const counted = /\((\d+) unanswered\)|\b(\d+) unanswered questions?\b/.exec(words);
  if (counted) return Number(counted[1] ?? counted[2]);
  const named = words.match(/\(not answered\)/g)?.length ?? 0;
  if (reviewed && named > 0) return named;
  const questions = tabs.filter(({ kind }) => kind === 'question');
  if (questions.length > 0 && questions.every(({ answered }) => answered !== null))
    return questions.filter(({ answered }) => !answered).length;
  if (!reviewed) return null;
  return /\bnot answered all\b|\bunanswered\b/i.test(words) ? 1 : 0;
}

/** The short text that opens the dialog: the first row below the line above it. */
function titleOf(head: readonly Row[]): string | null {
  const line = head.findLastIndex(({ inner, raw }) => FRAME.test(inner) && /[─━▔]{8,}|╭/.test(raw));
  const first = head.slice(line + 1).find(({ inner, blank }) => !blank && !FRAME.test(inner));
  const words = first && squeeze(first.inner);
  return line >= 0 && words && words.length <= 60 && !/[?？:]$/.test(words) ? words : null;
}
