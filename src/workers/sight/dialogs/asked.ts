import type { Choice, Form } from '../../../terminal/detection/classification-schema.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { Row } from '../../../terminal/detection/screen/rows.ts';

/** What a worker's screen asks, as a person reads it. */
export interface Asked {
  /** The rows that lead to the question, and the question, without frames. */
  lines: string[];
  choices: AskedChoice[];
  /** What the dialog takes; null for a question in prose. */
  form: Pick<Form, 'multi_select' | 'text_field' | 'review'> | null;
  /** Only a person may answer it, in the worker's own terminal. */
  isAboutMoney: boolean;
}

export interface AskedChoice {
  number: number;
  label: string;
  /** Null where it has no box to tick. */
  checked: boolean | null;
}

/** A command or a diff that waits for an approval; more of it is on the worker's own screen. */
const MAX_LINES = 24;

/** What a screen asks; null if it asks nothing. `rows`: without the texts that were typed into it. */
export function askedOn(classification: Classification, rows: readonly Row[]): Asked | null {
  const { label, overage, form = null, question = null, choices = [] } = classification;
  if (label !== 'question' && label !== 'approval' && !form) return null;
  const shown = rowsAsking(classification, rows).map(({ inner }) => withoutSideColumn(inner));
  const menu = startOfMenu(choices, shown);
  const above = trimmed(belowTopEdge(menu === -1 ? shown : shown.slice(0, menu)));
  const isThere = question === null || bare(above.join('')).includes(bare(question).slice(0, 20));
  const lines = isThere ? above : [...above, question];
  return {
    lines: trimmed(lines.slice(-MAX_LINES)),
    choices: chosenFrom(classification),
    form,
    isAboutMoney: overage,
  };
}

const chosenFrom = ({ form, choices = [] }: Classification): AskedChoice[] =>
  form
    ? form.choices.map(({ number, label, checked }) => ({ number, label, checked }))
    : choices.map(({ number, label }) => ({ number, label, checked: null }));

/** The rows of the dialog or of the agent's message; where neither is known, those from the last blank row on. */
function rowsAsking(classification: Classification, rows: readonly Row[]): readonly Row[] {
  const { regions, choices = [] } = classification;
  const region = choices.length > 0 ? (regions.dialog ?? regions.message) : regions.message;
  if (region) return rows.filter(({ at }) => at + 1 >= region.first && at + 1 <= region.last);
  return rows.slice(rows.findLastIndex(({ blank }) => blank) + 1);
}

/** The row of the first choice; -1 if there is none. Words above the menu may quote its choices. */
function startOfMenu([first, second]: readonly Choice[], rows: readonly string[]): number {
  if (!first) return -1;
  const begins = (choice: Choice | undefined) => (row: string) =>
    choice !== undefined && isRowOf(choice, row);
  const starts = rows.flatMap((row, index) => (begins(first)(row) ? [index] : []));
  return starts.findLast((start) => rows.slice(start + 1).some(begins(second))) ?? starts.at(-1) ?? -1;
}

function isRowOf({ number, label }: Choice, row: string): boolean {
  const words = bare(row);
  const start = bare(label).slice(0, 20);
  return start !== '' && (words.startsWith(start) || words.startsWith(`${number}${start}`));
}

const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();

/** Without what an agent shows at the right edge: a side bar, or the hint for a key. */
const withoutSideColumn = (row: string): string =>
  row.replace(/^\s{60,}\S.*$/u, '').replace(/(?<=\S)\s{20,}\S.*$/u, '');

/** From the line on that opens the dialog, where it has one; a box that closes above the question belongs to it. */
const belowTopEdge = (rows: readonly string[]): readonly string[] =>
  rows.slice(rows.findLastIndex((row) => /^\s*[╭┌]?[─━▔]{10,}[╮┐]?\s*$/u.test(row)) + 1);

/** A row that is a line of a frame is blank. */
const withoutLine = (row: string): string => row.replace(/^[\s─━═╌┄┈╭╮╰╯┌┐└┘├┤▀▄█▔▁…-]+$/u, '');

/** Without blank rows at both ends, one blank row at most between two others, and moved to the left together. */
function trimmed(drawn: readonly string[]): string[] {
  const rows = drawn.map((row) => withoutLine(row).trimEnd());
  const kept = rows.filter((row, index) => row !== '' || (rows[index - 1] ?? '') !== '');
  while (kept[0] === '') kept.shift();
  while (kept.at(-1) === '') kept.pop();
  const indent = Math.min(...kept.filter((row) => row !== '').map((row) => row.search(/\S/)));
  return kept.map((row) => row.slice(Number.isFinite(indent) ? indent : 0));
}

/** The words that an approval in prose offers: `[y/N]`, `(yes/no)`, `[Y/n/a]`. Empty if it names none. */
export function offeredWords(question: string): string[] {
  const lists = question.matchAll(/[[(]\s*(\p{L}{1,6}(?:\s*\/\s*\p{L}{1,6})+)\s*[\])]/gu);
  const words = [...lists].map(([, list = '']) => list.split('/').map((word) => word.trim().toLowerCase()));
  return words.findLast((offered) => offered.some((word) => /^(?:y|yes|n|no)$/.test(word))) ?? [];
}
