import type { Choice, Form } from '../classification-schema.ts';
import { keyHints } from '../evidence/key-hints.ts';
import type { Row } from '../screen/rows.ts';
import { boxedMenu } from './boxed-menu.ts';
import { isField, readForm, reviewTitle } from './form.ts';
import { letteredMenu } from './lettered-menu.ts';
import type { Menu, MenuPlace } from './menu.ts';
import { numberedMenu } from './numbered-menu.ts';
import { buttons, pointedMenu } from './pointed-menu.ts';
import { questionAbove } from './question.ts';

export interface ReadDialog {
  question?: string;
  choices: Choice[];
  form?: Form;
}

/** A dialog and where its choices are. */
export interface OpenDialog extends ReadDialog {
  menu?: { lastRow: Row | undefined; isNumbered: boolean; isLettered: boolean; hasRings: boolean };
}

/**
 * The choices of the dialog in these rows, top to bottom, the question above them, and what else it takes. `cols`: the
 * width of the screen, by which a row that wraps into the next one is recognised.
 */
export function readDialog(rows: Row[], cols = Number.POSITIVE_INFINITY): ReadDialog {
  const { question, choices, form } = openDialog(rows, cols);
  return { choices, ...(question ? { question } : {}), ...(form ? { form } : {}) };
}

/** The conditions of rules and the outcome of one read the same rows. */
const known = new WeakMap<readonly Row[], { cols: number; dialog: OpenDialog }>();

/** The same with the place of its choices. */
export function openDialog(rows: readonly Row[], cols: number): OpenDialog {
  const found = known.get(rows);
  if (found?.cols === cols) return found.dialog;
  const dialog = readOpenDialog([...rows], cols);
  known.set(rows, { cols, dialog });
  return dialog;
}

function readOpenDialog(rows: Row[], cols: number): OpenDialog {
  const place = { rows, cols, canToggle: canToggle(rows) };
  const menu = menuIn(place);
  const form = readForm(rows, menu);
  const reviewed = form?.review ? reviewTitle(rows.slice(0, menu?.first)) : undefined;
  const first = menu ? menu.first : form?.text_field ? rows.findLastIndex(isField) - 1 : 0;
  const question = reviewed ?? (form ? questionAbove(rows.slice(0, Math.max(0, first))) : undefined);
  if (!menu) return { choices: [], ...(question ? { question } : {}), ...(form ? { form } : {}) };
  const choices = menu.choices.map(({ number, label, selected }) => ({ number, label, selected }));
  const isNumbered = menu.isNumbered ?? false;
  const where = {
    lastRow: rows[menu.last],
    isNumbered,
    isLettered: !isNumbered && menu.letters !== undefined,
    hasRings: menu.hasRings ?? false,
  };
  return { choices, menu: where, ...(question ? { question } : {}), ...(form ? { form } : {}) };
}

/** The lowest menu that shows where its pointer is; without one, the lowest: above it, text may look like a menu. */
function menuIn(place: MenuPlace): Menu | undefined {
  const found = [
    numberedMenu(place),
    buttons(place.rows),
    pointedMenu(place),
    boxedMenu(place),
    letteredMenu(place),
  ].filter((menu) => menu !== undefined);
  const pointed = found.filter(({ choices }) => choices.some(({ selected }) => selected));
  return (pointed.length > 0 ? pointed : found).reduce<Menu | undefined>(
    (lowest, menu) => (lowest === undefined || menu.first > lowest.last ? menu : lowest),
    undefined,
  );
}

/** Whether a row at the bottom names a key that ticks a box. */
const canToggle = (rows: Row[]): boolean =>
  rows.slice(-10).some(({ inner }) => keyHints(inner).some(({ action }) => action.startsWith('toggle')));
