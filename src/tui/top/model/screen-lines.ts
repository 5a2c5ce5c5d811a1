import {
  type Picture,
  type PictureRow,
  RUN_FLAGS,
  type RunTuple,
} from '../../../terminal/recording/format.ts';
import { clean, isRisky, partsOf, widthOfPart } from '../text/clean.ts';
import { type Line, type Span, type Style, span } from '../text/line.ts';

/** The number of rows of a worker's screen, without the empty ones at its end. */
export const screenHeight = ({ rows }: Pick<Picture, 'rows'>): number =>
  1 + rows.findLastIndex(({ text, runs }) => text !== '' || runs.some(([, , , , bg]) => bg !== null));

const known = new WeakMap<PictureRow, Line>();

/** A row of a worker's screen with its colours. */
export function screenLine(row: PictureRow): Line {
  let drawn = known.get(row);
  if (!drawn) {
    drawn = drawnRow(row);
    known.set(row, drawn);
  }
  return drawn;
}

/** The columns of a run count cells: a wide character has two. */
function drawnRow({ text, runs }: PictureRow): Line {
  const shown = clean(text);
  if (runs.length === 0) return shown === '' ? [] : [span(shown)];
  return isRisky(shown) ? byParts(shown, runs) : byIndex(shown, runs);
}

/** Where every character takes one column. */
function byIndex(text: string, runs: readonly RunTuple[]): Line {
  const spans: Span[] = [];
  let column = 0;
  const add = (to: number, style: Style) => {
    const part = text.slice(column, to);
    if (part !== '') spans.push({ text: part, width: part.length, style });
    column = Math.max(column, to);
  };
  for (const run of runs) {
    add(run[0], PLAIN);
    add(run[1], styleOf(run));
  }
  add(text.length, PLAIN);
  return spans;
}

function byParts(text: string, runs: readonly RunTuple[]): Line {
  const spans: Span[] = [];
  let column = 0;
  let at = 0;
  for (const part of partsOf(text)) {
    while ((runs[at]?.[1] ?? Number.POSITIVE_INFINITY) <= column) at++;
    const run = runs[at];
    const style = run && run[0] <= column ? styleOf(run) : PLAIN;
    const columns = widthOfPart(part);
    const last = spans.at(-1);
    if (last && last.style === style)
      spans[spans.length - 1] = { text: last.text + part, width: last.width + columns, style };
    else spans.push({ text: part, width: columns, style });
    column += columns;
  }
  return spans;
}

const PLAIN: Style = {};
const styles = new WeakMap<RunTuple, Style>();

/** The same object for the same run, so that neighbours can be compared. */
function styleOf(run: RunTuple): Style {
  const before = styles.get(run);
  if (before) return before;
  const [, , flags, fg, bg] = run;
  const style: Style = {
    ...(flags & RUN_FLAGS.bold ? { bold: true } : {}),
    ...(flags & RUN_FLAGS.dim ? { dim: true } : {}),
    ...(flags & RUN_FLAGS.italic ? { italic: true } : {}),
    ...(flags & RUN_FLAGS.inverse ? { inverse: true } : {}),
    ...(fg === null ? {} : { ownFg: fg }),
    ...(bg === null ? {} : { ownBg: bg }),
  };
  styles.set(run, style);
  return style;
}
