/** Something in the order of the log that it is from, with its time by one clock, in milliseconds since 1970. */
export interface Dated {
  at: number;
}

/** Where an item of a merged list is from: which list, and its index there. */
export interface ItemOrigin {
  list: number;
  index: number;
}

/**
 * One page of several lists that are each newest first, merged into one that is. Each list keeps its own order: that of
 * a log holds, whatever its clock did. A page needs no more than the first `offset + limit` items of a list. Pure.
 */
export function mergedPage(
  lists: readonly (readonly Dated[])[],
  { offset, limit }: { offset: number; limit: number },
): ItemOrigin[] {
  const next = lists.map(() => 0);
  const page: ItemOrigin[] = [];
  for (let place = 0; place < offset + limit; place++) {
    const list = newest(lists, next);
    if (list === null) break;
    const index = next[list] ?? 0;
    next[list] = index + 1;
    if (place >= offset) page.push({ list, index });
  }
  return page;
}

/** The list whose next item is the newest, the first of equal ones; null if none has one. */
function newest(lists: readonly (readonly Dated[])[], next: readonly number[]): number | null {
  let found: { list: number; at: number } | null = null;
  for (const [list, items] of lists.entries()) {
    const item = items[next[list] ?? 0];
    if (item && (found === null || item.at > found.at)) found = { list, at: item.at };
  }
  return found?.list ?? null;
}
