import type { ReadOptions } from './event-rows.ts';

/** Events per page of a read: those of a bigger one live long enough to be copied by the garbage collector. */
const PAGE = 250;

/** All events that `read` gives for the options, page by page. */
export function* pages<Row extends { position: number }>(
  options: ReadOptions,
  read: (page: ReadOptions) => Row[],
): Generator<Row> {
  let { from, limit: left = Number.POSITIVE_INFINITY } = options;
  while (left > 0) {
    const page = read({
      ...options,
      ...(from === undefined ? {} : { from }),
      limit: Math.min(left, PAGE),
    });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    left -= page.length;
    from = last.position + 1;
  }
}
