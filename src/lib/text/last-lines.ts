/** Lines joined by newlines. */
interface Text {
  readonly text: string;
  readonly length: number;
}

/**
 * The last lines of what is printed. A text of many lines is kept as it is and split when its lines are asked for: most
 * are dropped before.
 */
export class LastLines {
  /** Neighbouring lines that came one by one are in one list. */
  #parts: (string[] | Text)[] = [];
  #count = 0;

  add(lines: readonly string[]): void {
    let last = this.#parts.at(-1);
    if (!Array.isArray(last)) {
      last = [];
      this.#parts.push(last);
    }
    // Not push(...): more than a hundred thousand arguments overflow the stack.
    for (const line of lines) last.push(line);
    this.#count += lines.length;
  }

  /** `length`: how many lines they are. */
  addText(text: Text): void {
    this.#parts.push(text);
    this.#count += text.length;
  }

  /** Keeps the last lines, at least; not exactly so many, because each cut copies all that stay. */
  keep(most: number): void {
    if (this.#count <= 2 * most) return;
    const [first = [], ...rest] = this.#parts.slice(this.#firstOf(most));
    const after = rest.reduce((sum, { length }) => sum + length, 0);
    const kept = Array.isArray(first) ? first.slice(Math.min(0, after - most)) : first;
    this.#parts = [kept, ...rest];
    this.#count = after + kept.length;
  }

  last(most: number): string[] {
    const lines = this.#parts
      .slice(this.#firstOf(most))
      .flatMap((part) => (Array.isArray(part) ? part : part.text.split('\n')));
    return lines.slice(Math.max(0, lines.length - most));
  }

  clear(): void {
    this.#parts = [];
    this.#count = 0;
  }

  /** The index of the part in which the last lines start. */
  #firstOf(most: number): number {
    let first = this.#parts.length;
    for (let count = 0; first > 0 && count < most; first--) count += this.#parts[first - 1]?.length ?? 0;
    return first;
  }
}
