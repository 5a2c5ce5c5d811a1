import type { Writable } from 'node:stream';
import { span } from '../../../lib/time/duration.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Capacity } from '../../../usage/capacity/capacity.ts';
import { Redrawn } from '../../text/redrawn.ts';
import { columnsOf, isTerminal, paint } from '../../text/style.ts';
import { fit } from '../../text/table.ts';

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
  readonly #lines: Redrawn;
  #capacity: Capacity | null = null;
  #waiting: readonly string[] = [];
  #logged = monotonic();

  constructor(stream: Writable, rows: (answered: Capacity) => string[]) {
    this.#stream = stream;
    this.#rows = rows;
    this.#moving = isTerminal(stream);
    this.#lines = new Redrawn(stream);
    this.#timer = setInterval(() => this.#tick(), DRAW_EVERY_MS);
  }

  answered(capacity: Capacity, waiting: readonly string[]): void {
    this.#capacity = capacity;
    this.#waiting = waiting;
    if (this.#moving && monotonic() - this.#begun >= FIRST_MS) this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#lines.erase();
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
    this.#lines.draw([...rows, paint(this.#stream).dim(fit(this.#line(), width))]);
  }

  #line(): string {
    const took = span(monotonic() - this.#begun);
    return this.#waiting.length === 0
      ? `looking for the installed agents, ${took}`
      : `waiting for ${this.#waiting.join(', ')}, ${took}`;
  }
}
