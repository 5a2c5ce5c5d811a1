import type { FormChoice } from '../classification-schema.ts';
import { type Row, squeeze } from '../screen/rows.ts';
import { consents, kindOf, type Menu, type MenuPlace, refuses } from './menu.ts';

/** `[y] Approve`, `[Y]es`, `(n) Deny`. */
const BRACKETED = /^[[(](\p{L})[\])](\s*)(.*)$/u;
/** `y) Yes`, `y. Yes`, `[y] Yes`, one in a row. */
const ALONE = /^\s*[[(]?(\p{L})[\]).:]\s+(\S.*)$/u;
/** How a row begins, or goes on, that may have such a choice. Most have none. */
export const LETTERED_ROW = /[[(]\p{L}[\])]|^\s*\p{L}[).:]\s/u;

/** Rows below the last choice that are not blank: a status, hints. */
const FOOT_ROWS = 8;
const MAX_LABEL = 60;

interface Item {
  letter: string;
  label: string;
  row: number;
}

/**
 * The menu whose choices are letters to press, without a pointer. One of them consents and one refuses: keys of other
 * kinds, such as those of a footer, and lists in a text are none.
 */
export function letteredMenu({ rows }: MenuPlace): Menu | undefined {
  const shown = rows.flatMap((row, index) => (row.blank ? [] : [index]));
  const near = shown.slice(-FOOT_ROWS);
  for (const at of near.toReversed()) {
    const items = besides(rows[at], at) ?? below(rows, at);
    if (items && isDecision(items)) return menuOf(items);
  }
  return undefined;
}

/** `[y] Approve   [n] Deny`, also behind a question. */
function besides(row: Row | undefined, at: number): Item[] | null {
  const [, ...parts] = ` ${row?.inner ?? ''}`.split(/(?<=\s|[/|,·])(?=[[(]\p{L}[\])])/u);
  const items = parts.flatMap((part): Item[] => {
    const [, letter = '', gap = '', rest = ''] = BRACKETED.exec(part) ?? [];
    const words = rest.replace(/[\s/|,·?:]+$/u, '');
    const label = gap === '' && words !== '' ? `${letter}${words}` : words;
    return letter !== '' && label !== '' && label.length <= MAX_LABEL
      ? [{ letter, label: squeeze(label), row: at }]
      : [];
  });
  return items.length >= 2 && items.length === parts.length ? items : null;
}

/** Choices one below the other, of which this row is the last one. */
function below(rows: readonly Row[], last: number): Item[] | null {
  const column = rows[last]?.inner.search(/\S/) ?? -1;
  const items: Item[] = [];
  for (let at = last; at >= 0; at--) {
    const row = rows[at];
    const [, letter = '', label = ''] = ALONE.exec(row?.inner ?? '') ?? [];
    const isChoice = letter !== '' && label.length <= MAX_LABEL && row?.inner.search(/\S/) === column;
    if (isChoice) items.unshift({ letter, label: squeeze(label), row: at });
    else if (!row?.blank) break;
  }
  return items.length >= 2 ? items : null;
}

const isDecision = (items: readonly Item[]): boolean =>
  new Set(items.map(({ letter }) => letter)).size === items.length &&
  items.some(({ label }) => consents(label)) &&
  items.some(({ label }) => refuses(label));

function menuOf(items: readonly Item[]): Menu {
  const choices = items.map(
    ({ label }, at): FormChoice => ({
      number: at + 1,
      label,
      selected: false,
      checked: null,
      kind: kindOf(label, null, false),
      description: null,
    }),
  );
  const [first = 0, last = 0] = [items[0]?.row, items.at(-1)?.row];
  return { first, last, choices, forward: first === last ? 'Right' : 'Down', letters: keysOf(items) };
}

/** A capital begins a word or marks a default: it is pressed without shift, unless both are offered. */
function keysOf(items: readonly Item[]): string[] {
  const letters = items.map(({ letter }) => letter);
  return letters.map((letter) => {
    const plain = letter.toLowerCase();
    return plain !== letter && letters.includes(plain) ? letter : plain;
  });
}
