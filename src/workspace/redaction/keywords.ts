/** The state in which a text has begun no keyword. */
const START = 1;

/**
 * Finds all of many keywords in one pass over a text (Aho and Corasick, CACM 18:6, 1975). Upper and lower case are equal.
 * Where a keyword does not go on, the longest of its ends that starts a keyword does: these steps are worked out when a
 * text first takes them, because a short command reads a few lines and would work out a hundred thousand.
 */
export class Keywords {
  readonly #classes = new Uint8Array(128);
  readonly #width: number;
  /** Next state for each state and class of character; 0 where it is not worked out yet. */
  readonly #next: Uint16Array;
  /** The state before each, and the class of character that leads from there. */
  readonly #before: Uint16Array;
  readonly #entered: Uint8Array;
  /** The state of the longest end that starts a keyword; 0 where it is not worked out yet. */
  readonly #fallback: Uint16Array;
  /** The state of the longest keyword that ends in each state, START for none; 0 where it is not worked out yet. */
  readonly #ends: Uint16Array;
  /** The keyword that ends in each state, counted from 1. */
  readonly #keyword: Uint16Array;
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
    const limit = keywords.reduce((sum, { length }) => sum + length, START + 1);
    this.#next = new Uint16Array(limit * width);
    this.#before = new Uint16Array(limit);
    this.#entered = new Uint8Array(limit);
    this.#fallback = new Uint16Array(limit);
    this.#ends = new Uint16Array(limit);
    this.#keyword = new Uint16Array(limit);
    this.#insert(keywords);
    this.#ends[START] = START;
    for (let edge = START * width; edge < (START + 1) * width; edge++)
      if (this.#next[edge] === 0) this.#next[edge] = START;
  }

  #insert(keywords: readonly string[]): void {
    // Every command that redacts runs this once, before V8 has optimised it: a field is read more slowly than a constant.
    const [classes, next, width] = [this.#classes, this.#next, this.#width];
    const [before, enteredBy] = [this.#before, this.#entered];
    let states = START + 1;
    for (const [index, keyword] of keywords.entries()) {
      let state = START;
      for (let i = 0; i < keyword.length; i++) {
        const entered = classes[keyword.charCodeAt(i)] ?? 0;
        const edge = state * width + entered;
        if (next[edge] === 0) {
          before[states] = state;
          enteredBy[states] = entered;
          next[edge] = states++;
        }
        state = next[edge] ?? START;
      }
      this.#keyword[state] = index + 1;
      this.#ends[state] = state;
    }
  }

  #step(state: number, entered: number): number {
    const edge = state * this.#width + entered;
    const known = this.#next[edge];
    if (known) return known;
    const next = this.#step(this.#fallbackOf(state), entered);
    this.#next[edge] = next;
    return next;
  }

  #fallbackOf(state: number): number {
    const known = this.#fallback[state];
    if (known) return known;
    const before = this.#before[state] ?? START;
    const fallback =
      before === START ? START : this.#step(this.#fallbackOf(before), this.#entered[state] ?? 0);
    this.#fallback[state] = fallback;
    return fallback;
  }

  #endsOf(state: number): number {
    const known = this.#ends[state];
    if (known) return known;
    const ends = this.#endsOf(this.#fallbackOf(state));
    this.#ends[state] = ends;
    return ends;
  }

  /** Every keyword in the text. */
  find(text: string): Hits {
    const classes = this.#classes;
    const next = this.#next;
    const ends = this.#ends;
    const width = this.#width;
    const hits = new Hits();
    let state = START;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const entered = code < 128 ? (classes[code] ?? 0) : 0;
      state = next[state * width + entered] || this.#step(state, entered);
      if (state === START) continue;
      let end = ends[state] || this.#endsOf(state);
      while (end !== START) {
        const keyword = (this.#keyword[end] ?? 1) - 1;
        hits.add(i + 1 - (this.#lengths[keyword] ?? 0), keyword);
        end = this.#endsOf(this.#fallbackOf(end));
      }
    }
    return hits;
  }

  /** The state after a text that keywords begin with, or are; 0 if none does. */
  beginning(text: string): number {
    let state = START;
    for (let i = 0; i < text.length; i++) {
      const entered = this.#classes[text.charCodeAt(i)] ?? 0;
      const next = this.#next[state * this.#width + entered] ?? 0;
      if (next === START || this.#before[next] !== state || this.#entered[next] !== entered) return 0;
      state = next;
    }
    return state;
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
