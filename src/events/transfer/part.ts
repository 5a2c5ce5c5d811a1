import type { StoredEvent } from '../event.ts';
import { GENESIS, hashVersion, linkHash, rowHash } from '../store/hash.ts';

/**
 * Events that a part of a log leaves out, by their positions. `rows` holds 32 bytes for each of them, the hash of its row:
 * enough to compute the hash that the next event is chained to, and nothing of what it says. Events of a release before
 * 0.3 have no such hash: then that of the last of them is stated.
 */
export type Gap = { from: number; to: number } & ({ rows: Buffer } | { stated: Buffer });

const ROW_BYTES = 32;

/** The lines of one stream, as stored, with a line for each gap between them. */
export function* partLines(
  events: Iterable<StoredEvent>,
  stream: string,
  last: number,
): Generator<{ line: string; isEvent: boolean }> {
  let previous: Buffer = GENESIS;
  let gap: { from: number; rows: Buffer[]; isBridged: boolean } | null = null;
  let hasBegun = false;
  for (const event of events) {
    const hash = Buffer.from(event.hash, 'hex');
    if (event.stream_id === stream) {
      const to = event.position - 1;
      if (gap)
        yield { line: gapLine(hasBegun ? gap : { ...gap, isBridged: false }, to, previous), isEvent: false };
      yield { line: `${JSON.stringify(event)}\n`, isEvent: true };
      gap = null;
      hasBegun = true;
      if (event.position >= last) return;
    } else {
      gap ??= { from: event.position, rows: [], isBridged: true };
      // What comes before the stream is not bridged: its end is where the part begins.
      if (hasBegun) {
        gap.isBridged &&= hashVersion(previous, event) === 2;
        if (gap.isBridged) gap.rows.push(rowHash(event));
      }
    }
    previous = hash;
  }
}

function gapLine(
  { from, rows, isBridged }: { from: number; rows: readonly Buffer[]; isBridged: boolean },
  to: number,
  previous: Buffer,
): string {
  const what = isBridged
    ? { rows: Buffer.concat(rows).toString('base64') }
    : { stated: previous.toString('hex') };
  return `${JSON.stringify({ gap: { from, to, ...what } })}\n`;
}

/** The gap of a line that holds one; null for any other line. */
export function gapIn(line: string): Gap | null {
  if (!line.startsWith('{"gap":')) return null;
  try {
    const { from, to, rows, stated } = (JSON.parse(line) as { gap: Record<string, unknown> }).gap;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return null;
    const at = { from: Number(from), to: Number(to) };
    if (typeof rows === 'string') return { ...at, rows: Buffer.from(rows, 'base64') };
    return typeof stated === 'string' ? { ...at, stated: Buffer.from(stated, 'hex') } : null;
  } catch {
    return null;
  }
}

/** Follows the hash chain of a part of a log, across its gaps. Feed it every event, in order. */
export class PartCheck {
  readonly #gaps: ReadonlyMap<number, Gap>;
  #last: { position: number; hash: Buffer } | null = null;
  /** In how many pieces the chain holds: 1 if every gap is bridged. */
  pieces = 0;

  /** `gaps` by the position of the event that follows. */
  constructor(gaps: ReadonlyMap<number, Gap> = new Map()) {
    this.#gaps = gaps;
  }

  /** Why this event cannot be what its hash was made of; null if it can, or if that is not known. */
  next(event: StoredEvent): string | null {
    if (event.hash === '') return null;
    const link = this.#linkTo(event.position);
    this.#last = { position: event.position, hash: Buffer.from(event.hash, 'hex') };
    if (link === 'broken') return 'the gap before it does not fit the events beside it';
    if (link === null) return null;
    return hashVersion(link, event) === null ? 'its content is not what its hash was made of' : null;
  }

  /** The hash that the event at this position is chained to; null if that is not known. */
  #linkTo(position: number): Buffer | 'broken' | null {
    const last = this.#last;
    if (last?.position === position - 1) return last.hash;
    if (position === 1) {
      this.pieces += 1;
      return GENESIS;
    }
    const gap = this.#gaps.get(position);
    if (gap && 'rows' in gap && last) return bridged(gap, last);
    this.pieces += 1;
    return gap && 'stated' in gap ? gap.stated : null;
  }
}

function bridged(
  { from, to, rows }: Gap & { rows: Buffer },
  last: { position: number; hash: Buffer },
): Buffer | 'broken' {
  const count = to - from + 1;
  if (from !== last.position + 1 || rows.length !== count * ROW_BYTES) return 'broken';
  let hash = last.hash;
  for (let at = 0; at < rows.length; at += ROW_BYTES)
    hash = linkHash(hash, rows.subarray(at, at + ROW_BYTES));
  return hash;
}
