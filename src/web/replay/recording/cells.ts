import type { RunTuple } from '../../../terminal/recording/format.ts';

const WIDE =
  /[\u1100-\u115f\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** What a monospaced font surely has, one column wide. */
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff\u2500-\u259f]*$/;
/** Characters that order or hide what is around them. Joiners and variation selectors belong to the cell before. */
const DECEIVES = /[\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
/** No terminal is wider; what is longer is not drawn. */
const MOST_COLUMNS = 1000;

/** A stretch of a row in one style. `columns`: how many the text takes where it is one cell of an uncertain width. */
export interface StyledPiece {
  text: string;
  columns: number | null;
  run: RunTuple | null;
}

const widthOf = (character: string): number => (WIDE.test(character) ? 2 : 1);

/** The columns that a row takes. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return Math.min(text.length, MOST_COLUMNS);
  let columns = 0;
  for (const character of text) {
    if (!NO_WIDTH.test(character)) columns += widthOf(character);
    if (columns >= MOST_COLUMNS) return MOST_COLUMNS;
  }
  return columns;
}

/**
 * Cuts a row where its style changes, and around characters that a font may draw wider or narrower than their cells.
 * Nothing in it can reorder what is beside it.
 */
export function piecesOf(text: string, runs: readonly RunTuple[]): StyledPiece[] {
  const pieces: StyledPiece[] = [];
  let column = 0;
  let next = 0;
  for (const character of text) {
    if (column >= MOST_COLUMNS) break;
    if (DECEIVES.test(character)) continue;
    while (next < runs.length && (runs[next] as RunTuple)[1] <= column) next += 1;
    const run = runs[next] && (runs[next] as RunTuple)[0] <= column ? (runs[next] as RunTuple) : null;
    const last = pieces.at(-1);
    if (NO_WIDTH.test(character)) {
      // A letter with hundreds of marks would cover the rows above.
      if (last && last.text.length < 1000 && (last.columns === null || last.text.length < 16))
        last.text += character;
      continue;
    }
    const columns = widthOf(character);
    if (PLAIN.test(character)) {
      if (last && last.columns === null && last.run === run) last.text += character;
      else pieces.push({ text: character, columns: null, run });
    } else pieces.push({ text: character, columns, run });
    column += columns;
  }
  return pieces;
}
