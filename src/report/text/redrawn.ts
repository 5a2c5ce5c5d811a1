import type { Writable } from 'node:stream';
import { eraseLines } from './cursor.ts';
import { columnsOf } from './style.ts';
import { widthOf } from './width.ts';

/** Lines at the end of a terminal that are drawn again in place. */
export class Redrawn {
  readonly #stream: Writable;
  /** The widths of the drawn lines: a terminal that was made narrower has wrapped them. */
  #drawn: number[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  draw(lines: readonly string[]): void {
    this.#stream.write(`${this.#erasing()}${lines.join('\n')}\n`);
    this.#drawn = lines.map((line) => widthOf(line));
  }

  erase(): void {
    this.#stream.write(this.#erasing());
    this.#drawn = [];
  }

  /** Moves to the first line and clears everything below. */
  #erasing(): string {
    if (this.#drawn.length === 0) return '';
    const columns = columnsOf(this.#stream);
    return eraseLines(this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0));
  }
}
