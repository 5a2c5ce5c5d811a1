import type { StyleRun } from '../../screen/screen.ts';
import type { Row } from '../screen/rows.ts';
import { checkBoxOf } from './check-box.ts';
import { FRAME, kindOf, type Menu, type MenuPlace, wordsOf } from './menu.ts';

/**
 * A menu of boxes without numbers and without a sign for its pointer: the row that is drawn in a way of its own has it.
 * Where styles are not known, or none differs, no row has.
 */
export function boxedMenu({ rows, cols, canToggle }: MenuPlace): Menu | undefined {
  if (!canToggle) return undefined;
  const last = rows.findLastIndex((row) => boxIn(row) !== null);
  const column = rows[last]?.inner.search(/\S/) ?? -1;
  const starts: number[] = [];
  for (let at = last; at >= 0; at--) {
    const row = rows[at];
    if (!row || row.blank || FRAME.test(row.inner) || row.inner.search(/\S/) < column) break;
    if (row.inner.search(/\S/) > column) continue;
    if (boxIn(row) === null) break;
    starts.unshift(at);
  }
  if (starts.length < 2) return undefined;
  const pointed = pointedRow(
    starts.map((at) => ({ drawn: drawnAs(rows[at]), checked: boxIn(rows[at] as Row)?.checked === true })),
  );
  const choices = starts.map((at, each) => {
    const row = rows[at] as Row;
    const box = boxIn(row);
    const below = rows.slice(at + 1, starts[each + 1] ?? endOf(rows, at, column));
    const { label, description } = wordsOf(box?.label ?? '', row, below, cols);
    return {
      number: each + 1,
      label,
      selected: each === pointed,
      checked: box?.checked ?? false,
      kind: kindOf(label, description, false),
      description,
    };
  });
  return { first: starts[0] ?? last, last, choices, forward: 'Down' };
}

function boxIn({ inner }: Row): ReturnType<typeof checkBoxOf> {
  const box = checkBoxOf(inner.trimStart());
  return box?.sure && box.label.trim() !== '' ? box : null;
}

/** The index behind what is said of the last choice. */
function endOf(rows: readonly Row[], at: number, column: number): number {
  let end = at + 1;
  for (let row = rows[end]; row && !row.blank && row.inner.search(/\S/) > column; row = rows[end]) end++;
  return end;
}

interface Drawn {
  /** Bold, inverse or with a background: no tick is drawn this way. */
  marked: string;
  colour: string;
}

function drawnAs(row: Row | undefined): Drawn | null {
  const at = row?.raw.search(/[[☐☑☒◻◼▢▣]/u) ?? -1;
  const run = row?.runs?.find(({ start, end }: StyleRun) => start <= at && at < end);
  if (!run) return null;
  return { marked: `${run.bold ? 'b' : ''}${run.inverse ? 'i' : ''}${run.bg ?? ''}`, colour: run.fg ?? '' };
}

/** The row with the pointer: marked alone; or, where ticks have no colour of their own, alone in its colour. */
function pointedRow(rows: readonly { drawn: Drawn | null; checked: boolean }[]): number | null {
  const marked = alone(rows.map(({ drawn }) => drawn?.marked ?? null));
  if (marked !== null) return marked;
  const open = rows.map(({ drawn, checked }) => (checked || !drawn ? null : drawn.colour));
  return open.filter((colour) => colour !== null).length > 1 ? alone(open) : null;
}

/** The only one that differs from all others; null where none, or several, do. */
function alone(styles: readonly (string | null)[]): number | null {
  const found = styles.flatMap((one, at) =>
    one !== null && one !== '' && styles.every((other, each) => each === at || other !== one) ? [at] : [],
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}
