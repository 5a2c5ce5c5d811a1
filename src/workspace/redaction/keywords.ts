/** Finds all of many keywords in one pass over a text (Aho and Corasick, CACM 18:6, 1975). Upper and lower case are equal. */
export class Keywords {
  readonly #classes = new Uint8Array(128);
  readonly #width: number;
  /** Next state for each state and class of character. */
  readonly #next: Uint16Array;
  /** The keyword that ends in each state, and the state of the next shorter one; 0 for none. */
  readonly #keyword: Uint16Array;
  readonly #shorter: Uint16Array;
  readonly #lengths: readonly number[];

  /** @param keywords lower case, ASCII, each once. */
  constructor(keywords: readonly string[]) {
    this.#lengths = keywords.map(({ length }) => length);
    let width = 1;
    for (const keyword of keywords) {
      for (let i = 0; i < keyword.length; i++) {
        const code = keyword.charCodeAt(i);
        if (this.#classes[code] === 0) this.#classes[code] = width++;
      }
    }
    for (let code = 65; code <= 90; code++) this.#classes[code] = this.#classes[code + 32] ?? 0;
    this.#width = width;
    const limit = keywords.reduce((sum, { length }) => sum + length, 1);
    this.#next = new Uint16Array(limit * width);
    this.#keyword = new Uint16Array(limit);
    this.#shorter = new Uint16Array(limit);
    this.#link(this.#insert(keywords), limit);
  }

  #insert(keywords: readonly string[]): number {
    let states = 1;
    for (const [index, keyword] of keywords.entries()) {
      let state = 0;
      for (let i = 0; i < keyword.length; i++) {
        const edge = state * this.#width + (this.#classes[keyword.charCodeAt(i)] ?? 0);
        if (this.#next[edge] === 0) this.#next[edge] = states++;
        state = this.#next[edge] ?? 0;
      }
      this.#keyword[state] = index + 1;
    }
    return states;
  }

  /** Breadth first: where a keyword does not go on, the longest of its ends that starts a keyword does. */
  #link(states: number, limit: number): void {
    const fallback = new Uint16Array(limit);
    const queue = new Uint16Array(states);
    let last = 0;
    for (let code = 1; code < this.#width; code++)
      if (this.#next[code]) queue[last++] = this.#next[code] ?? 0;
    for (let first = 0; first < last; first++) {
      const state = queue[first] ?? 0;
      const back = fallback[state] ?? 0;
      this.#shorter[state] = this.#keyword[back] ? back : (this.#shorter[back] ?? 0);
      for (let code = 1; code < this.#width; code++) {
        const target = this.#next[state * this.#width + code] ?? 0;
        const other = this.#next[back * this.#width + code] ?? 0;
        if (target === 0) this.#next[state * this.#width + code] = other;
        else {
          fallback[target] = other;
          queue[last++] = target;
        }
      }
    }
  }

  /** Every keyword in the text. */
  find(text: string): Hits {
    const classes = this.#classes;
    const next = this.#next;
    const width = this.#width;
    const hits = new Hits();
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = code < 128 ? (next[state * width + (classes[code] ?? 0)] ?? 0) : 0;
      if (state === 0) continue;
      let ends = this.#keyword[state] ? state : (this.#shorter[state] ?? 0);
      while (ends !== 0) {
        const keyword = (this.#keyword[ends] ?? 1) - 1;
        hits.add(i + 1 - (this.#lengths[keyword] ?? 0), keyword);
        ends = this.#shorter[ends] ?? 0;
      }
    }
    return hits;
  }
}

/**
 * The keywords in a text, by the offset at which they start; at the same offset the longest first. Most text has few: what
 * reads them need not look at every offset.
 */
export class Hits {
  #starts = new Int32Array(64);
  #keywords = new Uint16Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * In the order in which they end, the longest first. A keyword that started earlier may end later, so each is put in its
   * place among the last few.
   */
  add(at: number, keyword: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    const starts = this.#starts;
    const keywords = this.#keywords;
    let place = this.#count++;
    for (; place > 0 && (starts[place - 1] ?? 0) >= at; place--) {
      starts[place] = starts[place - 1] ?? 0;
      keywords[place] = keywords[place - 1] ?? 0;
    }
    starts[place] = at;
    keywords[place] = keyword;
  }

  #grow(): void {
    const [starts, keywords] = [this.#starts, this.#keywords];
    this.#starts = new Int32Array(starts.length * 2);
    this.#starts.set(starts);
    this.#keywords = new Uint16Array(keywords.length * 2);
    this.#keywords.set(keywords);
  }

  /** Where a hit starts in the text. */
  at(hit: number): number {
    return this.#starts[hit] ?? 0;
  }

  keyword(hit: number): number {
    return this.#keywords[hit] ?? 0;
  }
}
