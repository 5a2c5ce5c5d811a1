import type { StoredEvent } from '../event.ts';
import { HASH_BYTES, hashIn } from './bytes.ts';
import type { Gap } from './gap.ts';
import type { Links } from './links.ts';

/** The previous hash of the first event. */
const FIRST = new Uint8Array(HASH_BYTES);

/** How an event is chained to what is before it. */
export type Chaining =
  /** It follows the event before it, or is the first of the log. */
  | 'direct'
  /** The hashes of the rows between it and the event before lead to it. */
  | 'bridged'
  /** The hash before it is taken as the file states it. */
  | 'stated'
  /** Nothing says what it is chained to. */
  | 'unknown';

/** Follows the hash chain of a part of a log, across its gaps. Feed it every event, in order. */
export class PartCheck {
  readonly #links: Pick<Links, 'linkHash' | 'hashVersion'>;
  readonly #gaps: ReadonlyMap<number, Gap>;
  #last: { position: number; hash: Uint8Array } | null = null;
  #version = 1;
  /** In how many pieces the chain holds: 1 if every gap is bridged. */
  pieces = 0;
  /** How the event before was chained. */
  link: Chaining = 'unknown';

  /** `gaps` by the position of the event that follows. */
  constructor(links: Pick<Links, 'linkHash' | 'hashVersion'>, gaps: ReadonlyMap<number, Gap> = new Map()) {
    this.#links = links;
    this.#gaps = gaps;
  }

  /** Why this event cannot be what its hash was made of; null if it can, or if that is not known. */
  next(event: StoredEvent): string | null {
    this.link = 'unknown';
    if (event.hash === '') return null;
    const hash = hashIn(event.hash);
    if (hash === null) return 'its hash is none';
    const before = this.#linkTo(event.position);
    this.#last = { position: event.position, hash };
    if (before === 'broken') return 'the gap before it does not fit the events beside it';
    if (before === null) return null;
    const version = this.#links.hashVersion(before, event);
    if (version === null) return 'its content is not what its hash was made of';
    // A release that knows the newer hash makes no older one: this row was put in place of another.
    if (version < this.#version) return 'its hash is of an older version than the one before';
    this.#version = version;
    return null;
  }

  /** The hash that the event at this position is chained to; null if that is not known. */
  #linkTo(position: number): Uint8Array | 'broken' | null {
    const last = this.#last;
    this.link = 'direct';
    if (last?.position === position - 1) return last.hash;
    if (position === 1) {
      this.pieces += 1;
      return FIRST;
    }
    const gap = this.#gaps.get(position);
    if (gap && 'rows' in gap && last) {
      this.link = 'bridged';
      return this.#bridged(gap, last);
    }
    this.pieces += 1;
    this.link = gap && 'stated' in gap ? 'stated' : 'unknown';
    return gap && 'stated' in gap ? gap.stated : null;
  }

  #bridged(
    { from, to, rows }: Gap & { rows: Uint8Array },
    last: { position: number; hash: Uint8Array },
  ): Uint8Array | 'broken' {
    const count = to - from + 1;
    if (from !== last.position + 1 || rows.length !== count * HASH_BYTES) return 'broken';
    let hash = last.hash;
    for (let at = 0; at < rows.length; at += HASH_BYTES)
      hash = this.#links.linkHash(hash, rows.subarray(at, at + HASH_BYTES));
    return hash;
  }
}
