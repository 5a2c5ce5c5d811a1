import { isPlain, widthOf } from './width.ts';

/**
 * Columns with two spaces between them. On a narrow terminal the column `stretch` shrinks. `cut` shortens its cells:
 * `fit` keeps their beginning, `fitEnd` their end.
 */
export function table(
  header: string[],
  rows: string[][],
  width: number,
  stretch = header.length - 1,
  cut = fit,
): string {
  const all = [header, ...rows.map((row) => row.map((cell) => shorter(cell, cut === fitEnd)))];
  // Not Math.max(...): more than a hundred thousand rows overflow the stack.
  const widths = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), 0),
  );
  const others = widths.reduce((sum, each, column) => (column === stretch ? sum : sum + each + 2), 0);
  widths[stretch] = Math.max(8, Math.min(widths[stretch] ?? 0, width - others));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          pad((column === stretch ? cut : fit)(cell, widths[column] ?? 0), widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** No terminal has as many columns. To measure a task of megabytes would take minutes. */
const MOST_SHOWN = 4000;

const shorter = (cell: string, atEnd: boolean): string =>
  cell.length <= MOST_SHOWN ? cell : atEnd ? cell.slice(-MOST_SHOWN) : cell.slice(0, MOST_SHOWN);

/** The text in at most `width` columns, with an ellipsis at the end if it was cut. */
export function fit(text: string, width: number): string {
  const line = shorter(text, false).replace(/\s+/g, ' ');
  if (widthOf(line) <= width) return line;
  // Most lines are plain. One more character than is kept: a mark that follows would belong to the last of them.
  const start = line.slice(0, Math.max(0, width));
  if (isPlain(start)) return `${start.slice(0, Math.max(0, width - 1))}…`;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (widthOf(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Like `fit`, for paths, which differ at their ends: cuts the beginning. */
export function fitEnd(path: string, width: number): string {
  if (widthOf(path) <= width) return path;
  let kept = '';
  for (const { segment } of [...new Intl.Segmenter().segment(path)].reverse()) {
    if (widthOf(segment + kept) > width - 1) break;
    kept = segment + kept;
  }
  return `…${kept}`;
}

const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));
