import { type Gap, type GapJson, gapFrom } from '../chain/gap.ts';
import { PartCheck } from '../chain/part-check.ts';
import type { StoredEvent } from '../event.ts';
import { GENESIS, hashVersion, links, rowHash } from '../store/hash.ts';

export type { Gap } from '../chain/gap.ts';

/** An event of the part, or what is left out before the next one. */
export type PartPiece = { event: StoredEvent } | { gap: GapJson };

/** The events of some streams up to position `last`, with what bridges the gaps between them. */
export function* partOf(
  events: Iterable<StoredEvent>,
  streams: ReadonlySet<string>,
  last: number,
): Generator<PartPiece> {
  let previous: Buffer = GENESIS;
  let gap: { from: number; rows: Buffer[]; isBridged: boolean } | null = null;
  let hasBegun = false;
  for (const event of events) {
    const hash = Buffer.from(event.hash, 'hex');
    if (streams.has(event.stream_id)) {
      const to = event.position - 1;
      if (gap) yield { gap: gapJson(hasBegun ? gap : { ...gap, isBridged: false }, to, previous) };
      yield { event };
      gap = null;
      hasBegun = true;
      if (event.position >= last) return;
    } else {
      gap ??= { from: event.position, rows: [], isBridged: true };
      // What comes before the streams is not bridged: its end is where the part begins.
      if (hasBegun) {
        gap.isBridged &&= hashVersion(previous, event) === 2;
        if (gap.isBridged) gap.rows.push(rowHash(event));
      }
    }
    previous = hash;
  }
}

/** The lines of one stream, as stored, with a line for each gap between them. */
export function* partLines(
  events: Iterable<StoredEvent>,
  stream: string,
  last: number,
): Generator<{ line: string; isEvent: boolean }> {
  for (const piece of partOf(events, new Set([stream]), last)) {
    if ('event' in piece) yield { line: `${JSON.stringify(piece.event)}\n`, isEvent: true };
    else yield { line: `${JSON.stringify({ gap: piece.gap })}\n`, isEvent: false };
  }
}

const gapJson = (
  { from, rows, isBridged }: { from: number; rows: readonly Buffer[]; isBridged: boolean },
  to: number,
  previous: Buffer,
): GapJson => ({
  from,
  to,
  ...(isBridged ? { rows: Buffer.concat(rows).toString('base64') } : { stated: previous.toString('hex') }),
});

/** The gap of a line that holds one; null for any other line. */
export function gapIn(line: string): Gap | null {
  if (!line.startsWith('{"gap":')) return null;
  try {
    return gapFrom((JSON.parse(line) as { gap: unknown }).gap);
  } catch {
    return null;
  }
}

/** Follows the hash chain of a part of a log. `gaps` by the position of the event that follows. */
export const partCheck = (gaps?: ReadonlyMap<number, Gap>): PartCheck => new PartCheck(links, gaps);
