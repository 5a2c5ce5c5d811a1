import type { Picture, PictureRow, RunTuple } from '../../../terminal/recording/format.ts';
import { clean, partsOf, widthOfPart } from '../text/clean.ts';
import { type Line, type Span, type Style, span } from '../text/line.ts';

/** The rows of a worker's screen with their colours, without the empty ones at its end. */
export function screenLines({ rows }: Pick<Picture, 'rows'>): Line[] {
  const last = rows.findLastIndex(
    ({ text, runs }) => text !== '' || runs.some(([, , , , bg]) => bg !== null),
  );
  return rows.slice(0, last + 1).map(screenLine);
}

/** The columns of a run count cells: a wide character has two. */
export function screenLine({ text, runs }: PictureRow): Line {
  const shown = clean(text);
  if (runs.length === 0) return shown === '' ? [] : [span(shown)];
  const spans: Span[] = [];
  let column = 0;
  let at = 0;
  for (const part of partsOf(shown)) {
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
const [BOLD, DIM, ITALIC, INVERSE] = [1, 2, 4, 8];

/** The same object for the same run, so that neighbours can be compared. */
function styleOf(run: RunTuple): Style {
  const known = styles.get(run);
  if (known) return known;
  const [, , flags, fg, bg] = run;
  const style: Style = {
    ...(flags & BOLD ? { bold: true } : {}),
    ...(flags & DIM ? { dim: true } : {}),
    ...(flags & ITALIC ? { italic: true } : {}),
    ...(flags & INVERSE ? { inverse: true } : {}),
    ...(fg === null ? {} : { ownFg: fg }),
    ...(bg === null ? {} : { ownBg: bg }),
  };
  styles.set(run, style);
  return style;
}
