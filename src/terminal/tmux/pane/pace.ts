/** So many times as long as what came before takes. */
const PAUSES = 30;
/** Without output for so long, a screen is at rest: what comes next is looked at soon. */
const REST_MS = 400;
/** A screen that has changed without a rest for so long is likely to go on: a spinner turns, a clock counts. */
const STEADY_AFTER_MS = 1500;
/** A program draws one screen with several writes that follow each other within this time. */
const DRAWING_MS = 10;
/** A steady screen is looked at early where no output came for longer than it mostly takes, and for at least so long. */
const LEAST_QUIET_MS = 60;
const QUIET_GAPS = 2;

/** How long to pause, in milliseconds: at least, and at most after what takes long. */
export interface PauseBounds {
  least: number;
  most: number;
}

/** The pause after what took so long: it takes little of a core, however much there is to do. */
export const pauseAfter = (tookMs: number, { least, most }: PauseBounds): number =>
  Math.min(most, Math.max(least, tookMs * PAUSES));

/** Between two looks; `steady` while the screen changes steadily. */
export interface Pauses extends PauseBounds {
  steady: number;
}

/**
 * When a screen that changes is worth a look: at once after a rest, and less often while it is drawn again and again. The
 * last screen is always due. The clock is an argument.
 */
export class Pace {
  readonly #pauses: Pauses;
  #stirredAt = Number.NEGATIVE_INFINITY;
  #printedAt = Number.NEGATIVE_INFINITY;
  /** How long it mostly takes from one drawing to the next. */
  #gapMs = 0;
  #earliest = Number.NEGATIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
  }

  /** The program has printed. */
  printed(now: number): void {
    const gap = now - this.#printedAt;
    if (gap > REST_MS) {
      this.#stirredAt = now;
      this.#gapMs = 0;
    } else if (gap >= DRAWING_MS) this.#gapMs += (gap - this.#gapMs) / 5;
    this.#printedAt = now;
  }

  /** A look was taken, from `began` to `now`. */
  looked(began: number, now: number): void {
    const { least, most, steady } = this.#pauses;
    const pause = pauseAfter(now - began, { least, most });
    this.#earliest = now + pause;
    this.#latest = now + (this.isSteady(now) ? Math.max(steady, pause) : pause);
  }

  /** Whether the screen has changed for a while without a rest. */
  isSteady(now: number): boolean {
    return now - this.#printedAt <= REST_MS && this.#printedAt - this.#stirredAt >= STEADY_AFTER_MS;
  }

  /** In how many milliseconds the next look is due, if nothing more is printed: 0 for now. */
  dueIn(now: number): number {
    const quietAt = this.#printedAt + Math.max(LEAST_QUIET_MS, this.#gapMs * QUIET_GAPS);
    return Math.max(0, Math.min(this.#latest, Math.max(this.#earliest, quietAt)) - now);
  }
}
