import type { ScreenRow, StyleRun } from '../../../terminal/screen/screen.ts';
import { clean, partsOf, widthOfPart } from '../text/clean.ts';
import { type Line, type Span, type Style, span } from '../text/line.ts';
import type { ScreenPicture } from './snapshot.ts';

/** The rows of a worker's screen with their colours, without the empty ones at its end. */
export function screenLines({ rows }: ScreenPicture): Line[] {
  const last = rows.findLastIndex(
    ({ text, runs }) => text !== '' || (runs ?? []).some(({ bg }) => bg !== undefined),
  );
  return rows.slice(0, last + 1).map(screenLine);
}

/** The columns of a run count cells: a wide character has two. */
export function screenLine({ text, runs = [] }: ScreenRow): Line {
  const shown = clean(text);
  if (runs.length === 0) return shown === '' ? [] : [span(shown)];
  const spans: Span[] = [];
  let column = 0;
  let run = 0;
  for (const part of partsOf(shown)) {
    while ((runs[run]?.end ?? Number.POSITIVE_INFINITY) <= column) run++;
    const here = runs[run];
    const style = here !== undefined && here.start <= column ? styleOf(here) : NONE;
    const columns = widthOfPart(part);
    const last = spans.at(-1);
    if (last && last.style === style)
      spans[spans.length - 1] = { text: last.text + part, width: last.width + columns, style };
    else spans.push({ text: part, width: columns, style });
    column += columns;
  }
  return spans;
}

const NONE: Style = {};
const styles = new WeakMap<StyleRun, Style>();

/** The same object for the same run, so that neighbours can be compared. */
function styleOf(run: StyleRun): Style {
  const known = styles.get(run);
  if (known) return known;
  const { bold, dim, italic, inverse, fg, bg } = run;
  const style: Style = {
    ...(bold ? { bold } : {}),
    ...(dim ? { dim } : {}),
    ...(italic ? { italic } : {}),
    ...(inverse ? { inverse } : {}),
    ...(fg === undefined ? {} : { ownFg: fg }),
    ...(bg === undefined ? {} : { ownBg: bg }),
  };
  styles.set(run, style);
  return style;
}
