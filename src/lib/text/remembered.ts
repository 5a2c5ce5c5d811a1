/**
 * Answers about texts that come again and again, as the rows of a screen do. Those that were asked for last are kept, at
 * most twice as many as `most`.
 */
export class Remembered<Answer> {
  readonly #most: number;
  #known = new Map<string, Answer>();
  #older = new Map<string, Answer>();

  constructor(most: number) {
    this.#most = most;
  }

  of(text: string, answer: () => Answer): Answer {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#older.get(text) ?? answer();
    if (this.#known.size >= this.#most) {
      this.#older = this.#known;
      this.#known = new Map();
    }
    this.#known.set(text, found);
    return found;
  }
}
