import type { StyleRun } from '../../screen/screen.ts';
import { hintsOf } from '../evidence/hints.ts';
import { type Row, squeeze } from '../screen/rows.ts';
import { isDimFrom } from '../screen/styles.ts';
import { type CheckBox, checkBoxOf } from './check-box.ts';
import { FRAME, isFull, isSubmit, kindOf, type Menu, type MenuPlace, POINTER, wordsOf } from './menu.ts';

// readRows replaces our own message with a lone ellipsis; a pointer before it is a prompt, not a menu.
const POINTED = new RegExp(
  `^(\\s*)(${POINTER})(?:\\s+|(?=[◯◉☐☑☒◻◼]))(?!\\d{1,2}[.)]\\s|\\[\\d{1,2}\\]\\s|…$)(\\S.*)$`,
  'u',
);

/** A menu without numbers: the row with the pointer and its neighbours that start in the same column. */
export function pointedMenu({ rows, cols, canToggle }: MenuPlace): Menu | undefined {
  const at = rows.findLastIndex((row, index) => POINTED.test(row.inner) && !isInLines(rows, index));
  const match = at < 0 ? null : POINTED.exec(rows[at]?.inner ?? '');
  if (!match) return undefined;
  const column = (match[0]?.length ?? 0) - (match[3]?.length ?? 0);
  const shown = /[●◉]/u.test(match[2] ?? '') ? rows.map(withoutRadio) : rows;
  const spaced = spacedStarts(shown, at, column);
  const starts = spaced ?? startsOf(shown, at, column, cols);
  const items = starts.map((index, each) => {
    const words = rows[index]?.inner.slice(column) ?? '';
    const below = rows.slice(index + 1, starts[each + 1] ?? (spaced ? blockEnd(rows, index) : index + 1));
    return { index, words, box: checkBoxOf(words), below: below.filter(({ blank }) => !blank) };
  });
  // A single row is the prompt itself, or the echo of what was typed at it.
  if (items.length < 2) return undefined;
  const boxed = items.filter(({ words }) => !isSubmit(words.trim()));
  const isForm = boxed.length > 0 && boxed.every(({ box }) => isBox(box, canToggle));
  const choices = items.map(({ index, words, box, below }, each) => {
    const row = rows[index];
    const shown = isForm && box ? box.label : words;
    const text = row ? wordsOf(shown, row, below, cols) : { label: squeeze(shown), description: null };
    const checked = isForm && box ? box.checked : null;
    return {
      number: each + 1,
      label: text.label,
      selected: index === at,
      checked,
      kind: kindOf(text.label, text.description, isForm && checked === null),
      description: text.description,
    };
  });
  const hasRings = starts.every((index) => index === at || shown[index] !== rows[index]);
  return { first: starts[0] ?? at, last: starts.at(-1) ?? at, choices, forward: 'Down', hasRings };
}

/** A choice that is not taken has a sign of its own where the pointer is: its words begin in the pointer's column. */
const withoutRadio = (row: Row): Row => {
  const inner = row.inner.replace(/^(\s*)[○◯](?=\s+\S)/u, '$1 ');
  return inner === row.inner ? row : { ...row, inner };
};

/** A field for text, between two lines. */
const isInLines = (rows: readonly Row[], at: number): boolean =>
  [rows[at - 1], rows[at + 1]].every((row) => row !== undefined && /^\s*[─━]{4,}\s*$/.test(row.inner));

const isBox = (box: CheckBox | null, canToggle: boolean): boolean => box !== null && (box.sure || canToggle);

/**
 * The rows in which the choices begin where blank rows are between them: each begins a block, and the other rows of its
 * block are further to the right, or dim. Without such a description, a key that takes one must be named.
 */
function spacedStarts(rows: readonly Row[], at: number, column: number): number[] | null {
  const isAt = (row: Row | undefined): row is Row =>
    row !== undefined &&
    !FRAME.test(row.inner) &&
    row.inner.search(/\S/) === column &&
    hintsOf(row).size === 0;
  const startsBlock = (index: number) =>
    rows[index - 1]?.blank === true &&
    isAt(rows[index]) &&
    !/[?？:]$/u.test(rows[index]?.inner.trimEnd() ?? '');
  const restOf = (first: number): Row[] => rows.slice(first + 1, blockEnd(rows, first));
  const isDescription = (row: Row) => row.inner.search(/\S/) > column || isDimFrom(row, row.raw.search(/\S/));
  const blockBelow = (first: number) => first + restOf(first).length + 2;
  const starts = [at];
  for (let next = blockBelow(at); startsBlock(next); next = blockBelow(next)) starts.push(next);
  for (let index = at - 2; index >= 0 && !FRAME.test(rows[index]?.inner ?? ''); index--)
    if (startsBlock(index)) starts.unshift(index);
    else if (rows[index]?.blank || (rows[index]?.inner.search(/\S/) ?? -1) < column) break;
  const others = starts.map(restOf);
  if (starts.length < 2 || !others.flat().every(isDescription)) return null;
  const isDescribed = others.every((rest) => rest.length > 0);
  return isDescribed || rows.slice(at).some((row) => hintsOf(row).has('take')) ? starts : null;
}

/** The index behind the block that begins in a row. */
function blockEnd(rows: readonly Row[], first: number): number {
  let end = first + 1;
  for (let row = rows[end]; row && !row.blank && !FRAME.test(row.inner); row = rows[end]) end++;
  return end;
}

/** The rows in which the choices begin. Rows further to the right between them belong to the choice above. */
function startsOf(rows: readonly Row[], at: number, column: number, cols: number): number[] {
  const begins = (row: Row | undefined) =>
    row !== undefined && !FRAME.test(row.inner) && row.inner.search(/\S/) === column;
  const isMore = (row: Row | undefined) =>
    row !== undefined && !FRAME.test(row.inner) && row.inner.search(/\S/) > column;
  const starts = [at];
  for (let index = at - 1, more = 0; index >= 0 && more <= 4; index--) {
    if (begins(rows[index])) {
      starts.unshift(index);
      more = 0;
    } else if (isMore(rows[index])) more++;
    else if (!isGapOfSubmit(rows, index, starts[0] ?? at, column)) break;
  }
  for (let index = at + 1, more = 0; index < rows.length && more <= 4; index++) {
    if (begins(rows[index])) {
      starts.push(index);
      more = 0;
    } else if (isMore(rows[index])) more++;
    else if (!isGapOfSubmit(rows, index, index + 1, column)) break;
  }
  // A row into which the first word of the next one did not fit goes on there.
  return starts.filter((index) => {
    const above = rows[index - 1];
    const row = rows[index];
    return index === at || !above || !row || !starts.includes(index - 1) || !isFull(above, row, cols);
  });
}

/** A blank row between the boxes of a form and the row that submits it. */
function isGapOfSubmit(rows: readonly Row[], gap: number, below: number, column: number): boolean {
  const words = rows[below]?.inner.slice(column) ?? '';
  const above = rows[gap - 1]?.inner.slice(column) ?? '';
  return rows[gap]?.blank === true && isSubmit(words.trim()) && checkBoxOf(above) !== null;
}

/** Buttons side by side ("Allow once   Allow always   Reject"). The selected one has a background of its own. */
export function buttons(rows: Row[]): Menu | undefined {
  const first = rows.findLastIndex(
    (row) => /\S {3,}(?:Reject|Deny|Cancel|No)\b/.test(row.inner) && !row.inner.includes(':'),
  );
  const row = rows[first];
  if (!row) return undefined;
  const offset = row.raw.indexOf(row.inner);
  const labels = [...row.inner.matchAll(/\S+(?: \S+)*/g)].slice(0, 6);
  const menu = labels.slice(
    0,
    labels.findIndex((label) => /^(?:Reject|Deny|Cancel|No)\b/.test(label[0])) + 1,
  );
  const choices = menu.map((label, index) => ({
    number: index + 1,
    label: label[0],
    selected: row.runs
      ? isHighlighted(
          row.runs,
          label.index + offset,
          menu.map((other) => other.index + offset),
        )
      : index === 0,
    checked: null,
    kind: 'option' as const,
    description: null,
  }));
  return choices.length >= 2 ? { first, last: first, choices, forward: 'Right' } : undefined;
}

function isHighlighted(runs: StyleRun[], at: number, others: number[]): boolean {
  const background = (column: number) => {
    const run = runs.find(({ start, end }) => start <= column && column < end);
    return `${run?.bg ?? ''}${run?.inverse ? '!' : ''}`;
  };
  return others.every((other) => other === at || background(other) !== background(at));
}
