import type { Writable } from 'node:stream';
import { span } from '../../lib/time/duration.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { Capacity } from '../../usage/capacity/capacity.ts';
import { eraseLines } from '../text/cursor.ts';
import { columnsOf, isTerminal, paint } from '../text/style.ts';
import { fit } from '../text/table.ts';
import { widthOf } from '../text/width.ts';

/** A question that is answered at once shows nothing. */
const FIRST_MS = 400;
const DRAW_EVERY_MS = 500;
/** How often a log gets a line. */
const LOG_EVERY_MS = 5000;

/**
 * Providers that are asked for their limits: the rows of those that have answered, and whom the command waits for. On a
 * terminal it is redrawn in place and erased at the end; a log gets a line from time to time.
 */
export class AskingView {
  readonly #stream: Writable;
  readonly #rows: (answered: Capacity) => string[];
  readonly #begun = monotonic();
  readonly #timer: NodeJS.Timeout;
  readonly #moving: boolean;
  #capacity: Capacity | null = null;
  #waiting: readonly string[] = [];
  #logged = monotonic();
  #drawn: number[] = [];

  constructor(stream: Writable, rows: (answered: Capacity) => string[]) {
    this.#stream = stream;
    this.#rows = rows;
    this.#moving = isTerminal(stream);
    this.#timer = setInterval(() => this.#tick(), DRAW_EVERY_MS);
  }

  answered(capacity: Capacity, waiting: readonly string[]): void {
    this.#capacity = capacity;
    this.#waiting = waiting;
    if (this.#moving && monotonic() - this.#begun >= FIRST_MS) this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stream.write(this.#erased());
    this.#drawn = [];
  }

  #tick(): void {
    if (this.#moving) this.#draw();
    else if (monotonic() - this.#logged >= LOG_EVERY_MS) {
      this.#logged = monotonic();
      this.#stream.write(`${this.#line()}\n`);
    }
  }

  #draw(): void {
    const width = columnsOf(this.#stream) - 1;
    const rows = this.#capacity ? this.#rows(this.#capacity) : [];
    const lines = [...rows, paint(this.#stream).dim(fit(this.#line(), width))];
    this.#stream.write(`${this.#erased()}${lines.join('\n')}\n`);
    this.#drawn = lines.map((line) => widthOf(line));
  }

  #line(): string {
    const took = span(monotonic() - this.#begun);
    return this.#waiting.length === 0
      ? `looking for the installed agents, ${took}`
      : `waiting for ${this.#waiting.join(', ')}, ${took}`;
  }

  /** A terminal that was made narrower has wrapped the lines. */
  #erased(): string {
    if (this.#drawn.length === 0) return '';
    const columns = columnsOf(this.#stream);
    return eraseLines(this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0));
  }
}
