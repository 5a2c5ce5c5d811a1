/** The state in which a text has begun no keyword. */
const START = 1;
/** Bits of the class of a character in a group of three; classes that differ only above them count as one in a group. */
const CLASS_BITS = 6;
const GROUP_LENGTH = 3;
const GROUPS = 1 << (CLASS_BITS * GROUP_LENGTH);
const LAST_TWO = (1 << (CLASS_BITS * (GROUP_LENGTH - 1))) - 1;
const CLASS_MASK = (1 << CLASS_BITS) - 1;
/** Characters that are copied at once: typed arrays are read several times as fast as strings. */
const COPIED = 8192;

const codes = new Uint16Array(COPIED);
const codeBytes = Buffer.from(codes.buffer);
const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/**
 * Finds all of many keywords in one pass over a text. Upper and lower case are equal. Most places begin no keyword, which
 * a table of the groups of three characters that keywords begin with shows; the others are compared letter by letter, in
 * a trie.
 */
export class Keywords {
  /** By code; 0 for characters that are in no keyword. */
  readonly #classes = new Uint8Array(1 << 16);
  readonly #width: number;
  /** 1 for each group of three that may begin a keyword, by the classes of its characters. */
  readonly #groups = new Uint8Array(GROUPS);
  /** Next state for each state and class of character; 0 where no keyword goes on. */
  readonly #next: Uint16Array;
  /** The keyword that ends in each state, counted from 1. */
  readonly #keyword: Uint16Array;

  /** @param keywords lower case, ASCII, each once. */
  constructor(keywords: readonly string[]) {
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
    this.#keyword = new Uint16Array(limit);
    this.#insert(keywords);
    for (const keyword of keywords) this.#addGroups(keyword);
  }

  #insert(keywords: readonly string[]): void {
    // Every command that redacts runs this once, before V8 has optimised it: a field is read more slowly than a constant.
    const [classes, next, width] = [this.#classes, this.#next, this.#width];
    let states = START + 1;
    for (const [index, keyword] of keywords.entries()) {
      let state = START;
      for (let i = 0; i < keyword.length; i++) {
        const edge = state * width + (classes[keyword.charCodeAt(i)] ?? 0);
        if (next[edge] === 0) next[edge] = states++;
        state = next[edge] ?? START;
      }
      this.#keyword[state] = index + 1;
    }
  }

  /** Any characters may follow a keyword that is shorter than a group. */
  #addGroups(keyword: string): void {
    let group = 0;
    let count = 1;
    for (let i = 0; i < GROUP_LENGTH; i++) {
      const entered = i < keyword.length ? (this.#classes[keyword.charCodeAt(i)] ?? 0) & CLASS_MASK : 0;
      group = (group << CLASS_BITS) | entered;
      if (i >= keyword.length) count <<= CLASS_BITS;
    }
    this.#groups.fill(1, group, group + count);
  }

  /** Every keyword in the text. */
  find(text: string): Hits {
    const classes = this.#classes;
    const groups = this.#groups;
    const hits = new Hits();
    let group = 0;
    for (let from = 0; from < text.length; from += COPIED) {
      const length = Math.min(COPIED, text.length - from);
      codeBytes.write(text.slice(from, from + length), 'utf16le');
      if (isBigEndian) codeBytes.swap16();
      for (let i = 0; i < length; i++) {
        group = ((group & LAST_TWO) << CLASS_BITS) | ((classes[codes[i] ?? 0] ?? 0) & CLASS_MASK);
        if (groups[group] !== 0) this.#addAt(from + i - (GROUP_LENGTH - 1), text, hits);
      }
    }
    for (let at = text.length - (GROUP_LENGTH - 1); at < text.length; at++) this.#addAt(at, text, hits);
    return hits;
  }

  /** Adds the keywords that start at this place. */
  #addAt(at: number, text: string, hits: Hits): void {
    if (at < 0) return;
    let state = START;
    for (let i = at; i < text.length; i++) {
      state = this.#next[state * this.#width + (this.#classes[text.charCodeAt(i)] ?? 0)] ?? 0;
      if (state === 0) return;
      const keyword = this.#keyword[state] ?? 0;
      if (keyword !== 0) hits.add(at, keyword - 1);
    }
  }

  /** The state after a text that keywords begin with, or are; 0 if none does. */
  beginning(text: string): number {
    let state = START;
    for (let i = 0; i < text.length && state !== 0; i++)
      state = this.#next[state * this.#width + (this.#classes[text.charCodeAt(i)] ?? 0)] ?? 0;
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

  /** In the order in which they start; where several start at one place, the longest last. */
  add(at: number, keyword: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    const starts = this.#starts;
    const keywords = this.#keywords;
    let place = this.#count++;
    for (; place > 0 && starts[place - 1] === at; place--) {
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
