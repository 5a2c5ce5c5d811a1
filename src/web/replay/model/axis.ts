/** From how much time without any change on a stretch is folded, and how long that takes to play, in ms. */
const QUIET_MS = 3000;
const FOLD_MS = 1200;

/** A stretch in which nothing changes, and its place in play time. All in ms. */
export interface Fold {
  from: number;
  to: number;
  play: number;
}

/**
 * Real time and play time. Long stretches in which nothing changes take little play time, so that a wait of hours leaves
 * something else to see. Both are in ms from the start.
 */
export class Axis {
  readonly folds: readonly Fold[];
  /** The end in real time and in play time. At least 1, so that a place is a fraction of it. */
  readonly total: number;
  readonly end: number;
  /** Where the ratio of the two times changes. */
  readonly #real: number[] = [0];
  readonly #play: number[] = [0];

  /** `times`: when anything changed, ascending. */
  constructor(times: Iterable<number>, { isFolded }: { isFolded: boolean }) {
    const folds: Fold[] = [];
    let last = 0;
    let play = 0;
    for (const time of times) {
      if (!(time > last)) continue;
      if (isFolded && time - last > QUIET_MS) {
        folds.push({ from: last, to: time, play });
        this.#add(last, play);
        play += FOLD_MS;
        this.#add(time, play);
      } else play += time - last;
      last = time;
    }
    this.folds = folds;
    this.total = Math.max(last, 1);
    this.end = Math.max(play, 1);
    this.#add(this.total, this.end);
  }

  #add(real: number, play: number): void {
    if (this.#real.at(-1) === real) return;
    this.#real.push(real);
    this.#play.push(play);
  }

  toPlay = (real: number): number => between(this.#real, this.#play, real);

  toReal = (play: number): number => between(this.#play, this.#real, play);

  /** The fold that this moment of play time is in. */
  foldAt(play: number): Fold | null {
    const at = lastAtMost(this.folds.length, (index) => (this.folds[index] as Fold).play <= play);
    const fold = this.folds[at];
    return fold && play < fold.play + FOLD_MS ? fold : null;
  }

  playLength = (_fold: Fold): number => FOLD_MS;
}

/** The last index below `length` that satisfies a condition which holds up to some index; -1 if none does. */
export function lastAtMost(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function between(from: readonly number[], to: readonly number[], value: number): number {
  const last = from.length - 1;
  const bounded = clamp(value, 0, from[last] as number);
  const at = Math.min(
    Math.max(
      lastAtMost(from.length, (index) => (from[index] as number) <= bounded),
      0,
    ),
    last - 1,
  );
  const [x0, x1, y0, y1] = [from[at], from[at + 1], to[at], to[at + 1]] as [number, number, number, number];
  return x1 === x0 ? y0 : y0 + ((bounded - x0) / (x1 - x0)) * (y1 - y0);
}

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
