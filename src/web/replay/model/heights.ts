import { lastAtMost } from './axis.ts';

/** The heights of the rows of a list of which only a part is drawn: estimates, until a row was drawn and measured. */
export class Heights {
  readonly #heights: number[];
  readonly #tops: number[];
  /** Up to here the tops are known. */
  #known = 0;

  constructor(estimates: readonly number[]) {
    this.#heights = [...estimates];
    this.#tops = [0];
  }

  get count(): number {
    return this.#heights.length;
  }

  get total(): number {
    return this.top(this.#heights.length);
  }

  /** Where a row begins. */
  top(index: number): number {
    for (; this.#known < index; this.#known++)
      this.#tops[this.#known + 1] =
        (this.#tops[this.#known] as number) + (this.#heights[this.#known] as number);
    return this.#tops[index] as number;
  }

  /** The row at a place; the last one below the end. */
  at(place: number): number {
    this.top(this.#heights.length);
    const found = lastAtMost(this.#heights.length, (index) => (this.#tops[index] as number) <= place);
    return Math.max(0, found);
  }

  /** Corrects an estimate. True if it was wrong. */
  measured(index: number, height: number): boolean {
    if (this.#heights[index] === height) return false;
    this.#heights[index] = height;
    this.#known = Math.min(this.#known, index);
    return true;
  }
}
