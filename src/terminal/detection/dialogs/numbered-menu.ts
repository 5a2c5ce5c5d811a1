import type { FormChoice } from '../classification-schema.ts';
import { type Row, squeeze } from '../screen/rows.ts';
import { type CheckBox, checkBoxOf } from './check-box.ts';
import { FRAME, isSubmit, kindOf, type Menu, type MenuPlace, POINTER, wordsOf } from './menu.ts';

const NUMBERED = new RegExp(
  `^(\\s*)(${POINTER}|·|○)?(\\s*)(?:\\[([ x✔✓]?)\\]\\s*)?\\[?(\\d{1,2})(?:[.):\\]]|(?= \\([●○]\\))|(?=\\s))\\s*(\\(([●○])\\)\\s*)?(\\S.*)$`,
  'du',
);
/** The row that submits a form, without a number. */
const PLAIN = new RegExp(`^\\s*(${POINTER})?\\s*(\\S.*)$`, 'u');
/** Rows that may lie between two choices: what is said of one of them. */
const FAR = 20;

interface Item {
  index: number;
  number: number;
  label: string;
  selected: boolean;
  /** Columns of its number, the second one exclusive. */
  column: number;
  end: number;
  box: CheckBox | null;
  /** The column from which on a row below it may be its own: a row that submits the form begins further left. */
  inside: number;
}

/**
 * The menu whose choices are numbered: the lowest run 1, 2, 3 ... in one column that has a pointer; without one, the
 * lowest run. A numbered list in the text is not the menu, nor is one in the words of a choice.
 */
export function numberedMenu(place: MenuPlace): Menu | undefined {
  const { rows } = place;
  const runs: Item[][] = [];
  rows.forEach((row, index) => {
    const item = itemIn(row, index);
    if (!item) return;
    if (item.number === 1) runs.push([item]);
    else runs.findLast((run) => isBelow(run, item))?.push(item);
  });
  // Two pointers are none: `→ 1 question` and, further down, `→ 2 files` are what an agent has done.
  const menus = runs
    .filter((run) => run.length >= 2 && run.filter(({ selected }) => selected).length < 2)
    .map((run) => menuOf(withHighlight(run, rows), place));
  const outer = menus.filter((menu) => !menus.some((other) => isInside(menu, other)));
  return menus.findLast(isPointed) ?? outer.at(-1);
}

function itemIn(row: Row, index: number): Item | null {
  const match = NUMBERED.exec(row.inner);
  if (!match) return null;
  const [, , pointer, , before, digits = '', , radio, words = ''] = match;
  const [column = 0, end = 0] = match.indices?.[5] ?? [];
  const box = before === undefined ? checkBoxOf(words) : checkBoxOf(`[${before}] ${words}`);
  return {
    index,
    number: Number(digits),
    label: words,
    selected: radio ? radio === '●' : pointer !== undefined && /[^·○]/u.test(pointer),
    column,
    end,
    box,
    inside: before === undefined && box ? (match.indices?.[8]?.[0] ?? end) + 1 : end + 1,
  };
}

/** Whether an item continues a run: the next number in the same column, to the left or to the right. */
function isBelow(run: readonly Item[], item: Item): boolean {
  const last = run.at(-1);
  return (
    last !== undefined &&
    item.number === run.length + 1 &&
    item.index - last.index <= FAR &&
    // In a narrow frame, a choice that would not fit may begin one column earlier.
    (Math.abs(item.column - (run[0]?.column ?? 0)) <= 1 || item.end === last.end)
  );
}

/** Without a sign for it, the choice that has a background of its own is the selected one. */
function withHighlight(run: readonly Item[], rows: readonly Row[]): Item[] {
  if (run.some(({ selected }) => selected)) return [...run];
  const drawn = run.map(({ index, column }) => backgroundAt(rows[index], column));
  const alone = drawn.filter(
    (one, at) => one !== null && drawn.every((other, each) => each === at || other !== one),
  );
  const others = new Set(drawn.filter((one) => !alone.includes(one)));
  // Two choices have two backgrounds whichever of them is selected: the plain one is not.
  const [only] = run.length === 2 ? alone.filter((one) => one !== '') : alone;
  if (only === undefined || only === null || (run.length > 2 && others.size !== 1)) return [...run];
  const at = drawn.indexOf(only);
  return run.map((item, each) => ({ ...item, selected: each === at }));
}

function backgroundAt(row: Row | undefined, column: number): string | null {
  if (!row?.runs) return null;
  const at = row.raw.indexOf(row.inner) + column;
  const run = row.runs.find(({ start, end }) => start <= at && at < end);
  return `${run?.bg ?? ''}${run?.inverse ? '!' : ''}`;
}

function menuOf(run: readonly Item[], { rows, cols, canToggle }: MenuPlace): Menu {
  const first = run[0]?.index ?? 0;
  const last = run.at(-1)?.index ?? 0;
  const boxes = run.findIndex(({ box }) => !box?.sure && !(canToggle && box));
  const boxed = boxes < 0 ? run.length : boxes;
  const submit = boxed > 0 ? submitRow(run, rows) : null;
  const lettered = submit ? null : letteredRow(run, rows);
  const numbered = run.flatMap((item, at): FormChoice[] => {
    const isBoxed = at < boxed && item.box !== null;
    const below = rowsOf(
      item,
      rows,
      Math.min(run[at + 1]?.index ?? rows.length, submit?.after(item) ?? rows.length),
    );
    const row = rows[item.index];
    const shown = isBoxed ? (item.box?.label ?? '') : item.label;
    const { label, description } = row
      ? wordsOf(shown, row, below, cols)
      : { label: squeeze(shown), description: null };
    const { number, selected } = item;
    const checked = isBoxed ? (item.box?.checked ?? null) : null;
    const choice = { number, label, selected, checked, description };
    const kind = kindOf(label, description, isBoxed || isReview(run));
    return [{ ...choice, kind }, ...(submit?.index === item.index ? [submit.choice] : [])];
  });
  return {
    first,
    last: Math.max(last, submit?.row ?? 0, lettered?.row ?? 0),
    choices: lettered ? [...numbered, lettered.choice] : numbered,
    forward: 'Down',
    isNumbered: true,
    ...(lettered ? { letters: [...numbered.map(() => null), lettered.letter] } : {}),
  };
}

/** `z (○) Type your answer`: the choice below the numbers that has a letter in their column. */
const LETTERED = /^(\s*)(\p{L})\s+\(([●○])\)\s+(\S.*)$/u;

function letteredRow(
  run: readonly Item[],
  rows: readonly Row[],
): { row: number; letter: string; choice: FormChoice } | null {
  const last = run.at(-1);
  if (!last) return null;
  const row = last.index + 1 + rowsOf(last, rows, rows.length).length;
  const [, indent = '', letter = '', sign, label = ''] = LETTERED.exec(rows[row]?.inner ?? '') ?? [];
  if (letter === '' || indent.length !== last.column) return null;
  const choice: FormChoice = {
    number: run.length + 1,
    label: squeeze(label),
    selected: sign === '●',
    checked: null,
    kind: kindOf(squeeze(label), null, false),
    description: null,
  };
  return { row, letter, choice };
}

/** `Submit answers` and `Cancel` alone: the page that asks to submit what was answered. */
const isReview = ([one, other, ...more]: readonly Item[]): boolean =>
  more.length === 0 &&
  isSubmit(squeeze(one?.label ?? '')) &&
  /^(?:cancel|back|go back)\b/i.test(other?.label ?? '');

/** The rows below a choice that belong to it: further to the right than its number, up to a blank or a frame. */
function rowsOf(item: Item, rows: readonly Row[], until: number): Row[] {
  const below = rows.slice(item.index + 1, Math.min(until, item.index + 1 + FAR));
  const end = below.findIndex(
    ({ inner, blank }) => blank || FRAME.test(inner) || inner.search(/\S/) <= item.column,
  );
  return end < 0 ? below : below.slice(0, end);
}

interface SubmitRow {
  /** The index of the choice above it, and its own. */
  index: number;
  row: number;
  choice: FormChoice;
  /** The row at which a choice ends because of it. */
  after(item: Item): number | undefined;
}

function submitRow(run: readonly Item[], rows: readonly Row[]): SubmitRow | null {
  const first = run[0]?.index ?? 0;
  const last = run.at(-1)?.index ?? 0;
  const own = new Set(run.map(({ index }) => index));
  for (let row = Math.min(last + 6, rows.length - 1); row > first; row--) {
    const [, pointer, words = ''] = PLAIN.exec(rows[row]?.inner ?? '') ?? [];
    const column = rows[row]?.inner.indexOf(words) ?? 0;
    if (own.has(row) || !isSubmit(words.trim()) || column >= (run[0]?.inside ?? 0)) continue;
    const index = run.findLast((item) => item.index < row)?.index ?? first;
    const choice: FormChoice = {
      number: run.length + 1,
      label: squeeze(words),
      selected: pointer !== undefined,
      checked: null,
      kind: 'submit',
      description: null,
    };
    return { index, row, choice, after: (item) => (item.index === index ? row : undefined) };
  }
  return null;
}

const isPointed = ({ choices }: Menu): boolean => choices.some(({ selected }) => selected);

const isInside = (menu: Menu, other: Menu): boolean =>
  menu !== other && other.first < menu.first && menu.last < other.last;
