import type { Writable } from 'node:stream';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { span } from '../../../lib/time/duration.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { tailLines } from '../../../terminal/transcript/transcript.ts';
import { Redrawn } from '../../text/redrawn.ts';
import { columnsOf, paint, rowsOf, stateLabel } from '../../text/style.ts';
import { fit } from '../../text/table.ts';
import { widthOf } from '../../text/width.ts';

const DRAW_EVERY_MS = 200;
const LINES = 8;

/**
 * A worker that a command waits for, redrawn in place on a terminal: its state, the duration of the wait, its last
 * lines of output. Closing the view erases it.
 */
export class WorkerView {
  readonly #stream: Writable;
  readonly #session: SessionRow;
  readonly #begun = monotonic();
  readonly #timer: NodeJS.Timeout;
  readonly #drawn: Redrawn;
  #state: WorkerState;
  /** What a parked worker waits for, in words. */
  #waits: string | null = null;

  constructor(stream: Writable, session: SessionRow) {
    this.#stream = stream;
    this.#session = session;
    this.#state = session.state;
    this.#drawn = new Redrawn(stream);
    this.#timer = setInterval(() => this.#draw(), DRAW_EVERY_MS);
  }

  enter(state: WorkerState, waits: string | null = null): void {
    this.#state = state;
    this.#waits = waits;
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#drawn.erase();
  }

  #draw(): void {
    // Leaves the last column free: in some terminals a full line already starts the next one.
    this.#drawn.draw(this.#lines(columnsOf(this.#stream) - 1));
  }

  #lines(width: number): string[] {
    const color = paint(this.#stream);
    const { id, provider_id, transcript_path } = this.#session;
    const waited = span(monotonic() - this.#begun);
    const height = Math.max(0, Math.min(LINES, rowsOf(this.#stream) - 4));
    const written = tailLines(transcript_path, 3 * LINES)
      .map((line) => stripControl(line).trimEnd())
      .filter((line) => line !== '')
      .slice(height === 0 ? LINES * 3 : -height);
    const head = `${stateLabel(this.#state, this.#stream)}  ${id}  ${provider_id}  ${waited}`;
    return [
      widthOf(head) > width ? fit(`${this.#state}  ${id}`, width) : head,
      ...(this.#waits === null ? [] : [fit(`  parked ${this.#waits}`, width)]),
      ...written.map((line) => color.dim(fit(`  │ ${line}`, width))),
      color.dim(fit('  Ctrl-C stops waiting; the worker goes on', width)),
    ];
  }
}
