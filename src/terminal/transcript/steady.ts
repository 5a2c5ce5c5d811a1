/** What of a transcript was printed of the lines that have not settled, and how its screen looked. */
export interface Printed {
  /** The first lines of the screen, which were printed before they settled. */
  ahead: readonly string[];
  screen: readonly string[];
}

/**
 * Lines settle: they do not change any more. Returns the index of the first that has to be printed. Where one has
 * changed after it was printed, it comes again, and so does what follows it.
 */
export function settle(
  { ahead, screen }: Printed,
  lines: readonly string[],
): { from: number; printed: Printed } {
  const from = sameStart(ahead, lines);
  const left = (of: readonly string[]) =>
    sameStart(of, lines) === lines.length ? of.slice(lines.length) : [];
  return { from, printed: { ahead: left(ahead), screen: left(screen) } };
}

/**
 * The lines of the screen to print, from one index up to another: those that are as they were at the last look, from
 * the top on, or with `isQuiet` all of them. What a worker still writes below does not hold back the lines above it.
 */
export function steady(
  { ahead, screen: before }: Printed,
  screen: readonly string[],
  isQuiet: boolean,
): { from: number; to: number; printed: Printed } {
  const from = sameStart(ahead, screen);
  const end = withoutEmptyEnd(screen);
  // The last line may be half a line.
  const to = Math.max(from, isQuiet ? end : Math.min(sameStart(before, screen), end - 1));
  return { from, to, printed: { ahead: screen.slice(0, to), screen } };
}

function sameStart(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count++;
  return count;
}

/** The number of lines without the empty ones at the end: there the worker writes next. */
const withoutEmptyEnd = (lines: readonly string[]): number =>
  lines.findLastIndex((line) => line.trim() !== '') + 1;
