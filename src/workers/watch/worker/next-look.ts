import { monotonic } from '../../../lib/time/monotonic.ts';

/** When the screen of a worker is read next although nothing was printed. */
export class NextLook {
  readonly #look: () => void;
  #timer: NodeJS.Timeout | null = null;
  #at = 0;
  #isClosed = false;

  constructor(look: () => void) {
    this.#look = look;
  }

  get isScheduled(): boolean {
    return this.#timer !== null;
  }

  /** In place of what was scheduled; null for not at all. */
  schedule(inMs: number | null): void {
    this.#cancel();
    if (inMs === null || this.#isClosed) return;
    this.#at = monotonic() + inMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#look();
    }, inMs + 1);
  }

  /** By then, or earlier where that is scheduled. */
  atLatest(inMs: number): void {
    if (!this.isScheduled || monotonic() + inMs < this.#at) this.schedule(inMs);
  }

  /** Nothing is read any more, whatever is scheduled later. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #cancel(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
