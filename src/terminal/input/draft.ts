import type { Screen, ScreenRow } from '../screen/screen.ts';
import type { InputView } from './input-view.ts';

/**
 * What a person, or an interrupted turn, has left in the input box of an agent that draws typed text in the terminal's
 * own colour; null for an empty box. What such an agent suggests in an empty box is dim, or has the cursor on its first
 * sign: behind what was typed, the cursor is on nothing. `framed`: a row without lines around it may as well be the chosen entry of a menu.
 */
export function draftIn({ rows }: Screen, view: InputView, where: 'framed' | 'any'): string | null {
  const box = view.boxOf(rows.map(({ text }) => text));
  if (!box || (where === 'framed' && !box.framed)) return null;
  // Without lines around it, rows of a footer may pass for rows of the box.
  const inBox = rows.slice(box.first, box.framed ? box.last + 1 : box.first + 1);
  const firstRow = inBox.find(({ text }) => WORD.test(text));
  if (!firstRow || beginsUnderCursor(firstRow)) return null;
  const typed = inBox
    .map((row) => plainText(row).replace(SIGNS, '').trim())
    .filter((text) => WORD.test(text));
  return typed.length > 0 ? typed.join('\n') : null;
}

const WORD = /[\p{L}\p{N}]/u;

/** The prompt sign, and what is drawn around a box. */
const SIGNS = /^[\s│┃|]*[❯>›!#]?\s|[─━╭╮╰╯│┃]/g;

function beginsUnderCursor({ text, runs = [] }: ScreenRow): boolean {
  const first = WORD.exec(text)?.index;
  return (
    first !== undefined && runs.some(({ inverse, start, end }) => inverse && start <= first && first < end)
  );
}

/** What of a row has no colour of its own and is not dim. */
function plainText({ text, runs = [] }: ScreenRow): string {
  const styled = runs.filter(({ dim, inverse, fg }) => dim || inverse || fg !== undefined);
  const isStyled = (at: number) => styled.some(({ start, end }) => at >= start && at < end);
  return Array.from(text.split(''), (sign, at) => (isStyled(at) ? ' ' : sign)).join('');
}
