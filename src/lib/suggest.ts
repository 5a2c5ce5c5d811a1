/**
 * The known word that was probably meant, or undefined if none is close: another case or separator, the start or
 * the end of exactly one known word ('claude', 'cli' is neither), or a few typos away.
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (!wanted || wanted.length > 64) return undefined;
  const candidates = [...known].map((name) => ({ name, plain: plain(name) }));

  const same = candidates.find((candidate) => candidate.plain === wanted);
  if (same) return same.name;

  const allowed = wanted.length <= 3 ? 1 : wanted.length <= 7 ? 2 : 3;
  let best: { name: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.plain, allowed);
    // Two typos turn a word of three letters into any other: at least half of it must match.
    if (distance > allowed || distance * 2 > wanted.length) continue;
    if (!best || distance < best.distance) best = { name: candidate.name, distance };
  }
  return best?.name ?? onlyOneContaining(wanted, candidates);
}

/** ` Did you mean X?` for the end of a sentence, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = suggest(word, known);
  return nearest ? ` Did you mean ${nearest}?` : '';
}

function onlyOneContaining(
  wanted: string,
  candidates: ReadonlyArray<{ name: string; plain: string }>,
): string | undefined {
  if (wanted.length < 3) return undefined;
  const near = candidates.filter(
    (candidate) =>
      candidate.plain.startsWith(wanted) ||
      candidate.plain.endsWith(wanted) ||
      (candidate.plain.length > 3 && wanted.startsWith(candidate.plain)),
  );
  return near.length === 1 ? near[0]?.name : undefined;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_.-]+/g, '-');
}

/**
 * Damerau-Levenshtein distance with adjacent swaps (optimal string alignment), in UTF-16 units; anything above
 * `limit` is reported as `limit + 1`.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return Math.min(at(last, b.length), limit + 1);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
