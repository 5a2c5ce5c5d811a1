import type { StyleRun } from '../screen/screen.ts';
import type { Choice } from './classification-schema.ts';
import { type Row, squeeze } from './rows.ts';

export interface Dialog {
  question?: string;
  choices: Choice[];
}

const POINTER = '[❯›>→❭▶➜●◉➤]';
const NUMBERED = new RegExp(
  `^(\\s*)(${POINTER}|·|○)?(\\s*)(?:\\[[ x✔✓]?\\]\\s*)?(\\d{1,2})(?:[.):]|(?= \\([●○]\\))|(?=\\s))\\s*(\\(([●○])\\)\\s*)?(\\S.*)$`,
  'u',
);
// readRows replaces our own message with a lone ellipsis; a pointer before it is a prompt, not a menu.
const POINTED = new RegExp(`^(\\s*)(${POINTER})\\s+(?!\\d{1,2}[.)]\\s|…$)(\\S.*)$`, 'u');
const FRAME = /^[\s─━═╌┄▔▁╭╮╰╯┌┐└┘├┤╹▀▄]*$/;

/** The choices of the dialog in these rows, top to bottom, and the question above them. */
export function readDialog(rows: Row[]): Dialog {
  const found = numbered(rows) ?? buttons(rows) ?? pointed(rows);
  if (!found) return { choices: [] };
  const question = questionAbove(rows.slice(0, found.first));
  return { choices: found.choices, ...(question ? { question } : {}) };
}

interface Found {
  first: number;
  choices: Choice[];
}

/**
 * The lowest run 1, 2, 3 ... that has a pointer; without one, the lowest run. A numbered list in the text is not the
 * menu.
 */
function numbered(rows: Row[]): Found | undefined {
  const runs: Found[] = [];
  rows.forEach((row, index) => {
    const match = NUMBERED.exec(row.inner);
    if (!match) return;
    const [, , pointer, , number = '', , radio, label = ''] = match;
    const selected = radio ? radio === '●' : pointer !== undefined && /[^·○]/u.test(pointer);
    const run = runs.at(-1);
    if (number === '1') runs.push({ first: index, choices: [] });
    const into = number === '1' ? runs.at(-1) : run;
    if (into && Number(number) === into.choices.length + 1) {
      into.choices.push({ number: Number(number), label: squeeze(label), selected });
    }
  });
  const menus = runs.filter((run) => run.choices.length >= 2);
  return menus.findLast((run) => run.choices.some((choice) => choice.selected)) ?? menus.at(-1);
}

/** A menu without numbers: the row with the pointer and its neighbours that start in the same column. */
function pointed(rows: Row[]): Found | undefined {
  const at = rows.findLastIndex((row) => POINTED.test(row.inner));
  const match = at < 0 ? null : POINTED.exec(rows[at]?.inner ?? '');
  if (!match) return undefined;
  const column = (match[0]?.length ?? 0) - (match[3]?.length ?? 0);
  const isSibling = (row: Row | undefined) =>
    row !== undefined && row.inner.search(/\S/) === column && !FRAME.test(row.inner);
  let first = at;
  while (isSibling(rows[first - 1])) first--;
  let last = at;
  while (isSibling(rows[last + 1])) last++;
  const choices = rows.slice(first, last + 1).map((row, index) => ({
    number: index + 1,
    label: squeeze(row.inner.slice(column)),
    selected: first + index === at,
  }));
  // A single row is the prompt itself, or the echo of what was typed at it.
  return choices.length >= 2 ? { first, choices } : undefined;
}

/** Buttons side by side ("Allow once   Allow always   Reject"). The selected one has a background of its own. */
function buttons(rows: Row[]): Found | undefined {
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
  }));
  return choices.length >= 2 ? { first, choices } : undefined;
}

function isHighlighted(runs: StyleRun[], at: number, others: number[]): boolean {
  const background = (column: number) => {
    const run = runs.find(({ start, end }) => start <= column && column < end);
    return `${run?.bg ?? ''}${run?.inverse ? '!' : ''}`;
  };
  return others.every((other) => other === at || background(other) !== background(at));
}

const MARKED = /[?？](?=["'”’)\]]*(?:\s|$))/gu;
// Maximum distance in rows between a dialog's question and its choices: a command to approve can be long.
const MAX_PREVIEW_ROWS = 60;

const DIRECT = /^\s*(?:Do you (?:want|trust)|Would you like|Allow|Exit plan|Ready to)\b.*[?？]\s*$/;

/**
 * The lowest row above the choices that asks, joined with the rows that wrap into it; otherwise the text right above.
 */
function questionAbove(rows: Row[]): string | undefined {
  const above = rows.slice(-MAX_PREVIEW_ROWS);
  const near = above.slice(-12);
  const found = near.findLast((row) => asks(row)) ?? above.findLast((row) => DIRECT.test(row.inner));
  if (!found) {
    const last = above.findLast((row) => !FRAME.test(row.inner));
    return last && squeeze(last.inner);
  }
  const mark = [...found.inner.matchAll(MARKED)].at(-1);
  let text = found.inner.slice(0, (mark?.index ?? 0) + 1);
  if (DIRECT.test(found.inner)) return squeeze(text);
  for (let at = above.indexOf(found) - 1; wraps(above[at], found); at--)
    text = `${above[at]?.inner.trimEnd()} ${text}`;
  return squeeze(text);
}

const asks = (row: Row): boolean => row.inner.search(MARKED) >= 0;

/** Whether a row wraps into the next one: it is about as long as a row can be, and not part of a frame. */
const wraps = (row: Row | undefined, next: Row): boolean =>
  row !== undefined &&
  !FRAME.test(row.inner) &&
  row.inner.trimEnd().length > Math.max(40, next.inner.trimEnd().length);
