import type { Writable } from 'node:stream';
import { span } from '../../lib/time/duration.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { ERASE_LINE } from './cursor.ts';
import { isTerminal } from './style.ts';

/** How often a log gets a line; a terminal has one line that is redrawn. */
const LOG_EVERY_MS = 5000;
const DRAW_EVERY_MS = 100;

/**
 * Shows the progress of a long operation on stderr: one redrawn line on a terminal, a plain line from time to time in a
 * log, and nothing for an operation that ends quickly.
 */
export class ProgressLine {
  readonly #stream: Writable;
  readonly #what: string;
  readonly #unit: string;
  readonly #clock: () => number;
  readonly #begun: number;
  #from: number | null = null;
  #reported: number;
  #drawn = false;

  constructor(stream: Writable, what: string, { unit = 'events', clock = monotonic } = {}) {
    this.#stream = stream;
    this.#what = what;
    this.#unit = unit;
    this.#clock = clock;
    this.#begun = clock();
    this.#reported = this.#begun;
  }

  at(done: number, all: number): void {
    this.#from ??= done;
    const now = this.#clock();
    const moving = isTerminal(this.#stream);
    if (now - this.#reported < (moving ? DRAW_EVERY_MS : LOG_EVERY_MS)) return;
    this.#reported = now;
    this.#drawn ||= moving;
    const text = `${this.#what}: ${done} of ${all} ${this.#unit} (${percent(done, all)}%)${this.#left(done, all, now)}`;
    this.#stream.write(moving ? `${ERASE_LINE}${text}` : `${text}\n`);
  }

  /** Erases the progress line. */
  end(): void {
    if (this.#drawn) this.#stream.write(ERASE_LINE);
  }

  #left(done: number, all: number, now: number): string {
    const advanced = done - (this.#from ?? done);
    if (advanced <= 0) return '';
    return `, about ${span((now - this.#begun) * ((all - done) / advanced))} left`;
  }
}

const percent = (done: number, all: number) => (all === 0 ? 100 : Math.floor((done / all) * 100));
