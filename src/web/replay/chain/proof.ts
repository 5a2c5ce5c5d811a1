import type { Gap } from '../../../events/chain/gap.ts';
import type { Links } from '../../../events/chain/links.ts';
import { type Chaining, PartCheck } from '../../../events/chain/part-check.ts';
import type { StoredEvent } from '../../../events/event.ts';

/** What the hashes of the events on a page say. */
export interface Proof {
  /** How many events are what they were when they were written; those after a fault are not counted. */
  verified: number;
  of: number;
  /** How each verified event is chained to what is before it. */
  links: Chaining[];
  /** In how many pieces the chain holds: 1 if all that lies between the events is bridged. */
  pieces: number;
  /** How many events of the log are left out, and bridged by the hashes of their rows. */
  bridged: number;
  /** The first fault: the index and position of the event, and what is wrong with it. */
  fault: { index: number; position: number; reason: string } | null;
}

/** Follows the chain as `ledger verify` does, and stops at the first fault. */
export class PartProof {
  readonly #check: PartCheck;
  readonly #gaps: ReadonlyMap<number, Gap>;
  readonly #versions = new Map<string, number>();
  readonly #events: readonly StoredEvent[];
  #bridged = 0;
  readonly #links: Chaining[] = [];
  #fault: Proof['fault'] = null;

  constructor(links: Links, events: readonly StoredEvent[], gaps: readonly Gap[]) {
    this.#events = events;
    this.#gaps = new Map(gaps.map((gap) => [gap.to + 1, gap]));
    this.#check = new PartCheck(links, this.#gaps);
  }

  /** Verifies one event more. False when there is no other, or the chain is broken. */
  step(): boolean {
    const index = this.#links.length;
    const event = this.#events[index];
    if (!event || this.#fault) return false;
    const reason =
      this.#outOfOrder(event, this.#events[index - 1]) ?? this.#check.next(event) ?? this.#unlinked(event);
    if (reason !== null) {
      this.#fault = { index, position: event.position, reason };
      return false;
    }
    this.#versions.set(event.stream_id, event.stream_version);
    if (this.#check.link === 'bridged') {
      const gap = this.#gaps.get(event.position);
      if (gap) this.#bridged += gap.to - gap.from + 1;
    }
    this.#links.push(this.#check.link);
    return true;
  }

  get proof(): Proof {
    return {
      verified: this.#links.length,
      of: this.#events.length,
      links: this.#links,
      pieces: this.#check.pieces,
      bridged: this.#bridged,
      fault: this.#fault,
    };
  }

  #outOfOrder(event: StoredEvent, before: StoredEvent | undefined): string | null {
    if (before && event.position <= before.position)
      return `position ${event.position} follows ${before.position}`;
    const due = (this.#versions.get(event.stream_id) ?? 0) + 1;
    return event.stream_version === due
      ? null
      : `its worker goes on with event ${event.stream_version} where event ${due} is due: one was taken out`;
  }

  #unlinked(event: StoredEvent): string | null {
    if (event.hash === '') return 'it has no hash';
    return this.#check.link === 'unknown' ? 'nothing says what was between it and the event before' : null;
  }
}
