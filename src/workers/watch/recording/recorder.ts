import type { Config } from '../../../config/schema.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { RecordingWriter } from '../../../terminal/recording/writer.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import { RedactedPictures } from '../../sight/redacted-picture.ts';

/** Milliseconds between two frames. */
const LEAST_INTERVAL_MS = 100;
/** A frame is followed by a pause of so many times as long as it took: recording takes little of a core. */
const PAUSES = 25;
/** The longest pause for that reason, in milliseconds. */
const LONGEST_PAUSE_MS = 1000;
/** Characters a millisecond that are written in the long run: screens that are full of colours are recorded less often. */
const LENGTH_PER_MS = 256;
/** How long to wait after it could not be written, in milliseconds. */
const AGAIN_MS = 1000;
const DEFAULT_MB = 32;
const MB = 1_000_000;

export interface RecorderOptions {
  folder: string;
  sessionId: string;
  run: number;
  /** Read with every frame: it may change while the worker runs. */
  setting(): Config['recording'];
  /** False once another watcher watches the worker. */
  mayWrite(): boolean;
  /** What has scrolled off the screen, unredacted. */
  context(screen: Screen): { above: readonly string[]; head: string };
  /** Receives an error once, until the recording can be written again. */
  onFault(error: unknown): void;
}

/**
 * Records what one worker's screen shows: at most ten frames a second, the last one always, and nothing while nothing
 * changes. No method throws: what goes wrong here must not stop the watching.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #writer: RecordingWriter;
  readonly #pictures = new RedactedPictures();
  /** A screen that came too soon after the last frame. */
  #waiting: Screen | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  #couldWrite = true;
  /** How long the last frame took, in milliseconds. */
  #spent = 0;
  #isClosed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#writer = new RecordingWriter({
      folder: options.folder,
      sessionId: options.sessionId,
      run: options.run,
      mostBytes: () => mostBytes(options.setting()),
      mayWrite: options.mayWrite,
      now: Date.now,
      onFault: (error) => {
        this.#couldWrite = error === null;
        if (error !== null) options.onFault(error);
      },
    });
  }

  /** The screen shows this now. */
  show(screen: Screen): void {
    if (this.#isClosed) return;
    if (this.#options.setting() === 'off') {
      void this.#pause();
      return;
    }
    this.#waiting = screen;
    const waitMs = this.#nextAt - monotonic();
    if (waitMs <= 0) this.#record();
    else this.#timer ??= setTimeout(() => this.#record(), waitMs);
  }

  /** Writes what waits, and compresses what is open. */
  async close(): Promise<void> {
    this.#record();
    this.#isClosed = true;
    await this.#writer.close();
  }

  #pause(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = null;
    return this.#writer.close();
  }

  #record(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const screen = this.#waiting;
    this.#waiting = null;
    if (!screen) return;
    const began = monotonic();
    let length = 0;
    try {
      length = this.#writer.show(this.#pictures.of(screen, this.#options.context(screen)));
    } catch (error) {
      this.#options.onFault(error);
    }
    const now = monotonic();
    const spent = now - began;
    // One frame alone may have had to wait for a core, or for its code to be compiled.
    const pause = Math.min(LONGEST_PAUSE_MS, Math.min(spent, this.#spent) * PAUSES);
    this.#spent = spent;
    const interval = Math.max(LEAST_INTERVAL_MS, pause, length / LENGTH_PER_MS);
    this.#nextAt = now + (this.#couldWrite ? interval : AGAIN_MS);
    // The next try has what this one could not write, also if the screen is quiet from now on.
    if (!this.#couldWrite && !this.#isClosed) {
      this.#waiting = screen;
      this.#timer = setTimeout(() => this.#record(), AGAIN_MS).unref();
    }
  }
}

const mostBytes = (setting: Config['recording']): number =>
  (typeof setting === 'object' ? setting.max_mb : DEFAULT_MB) * MB;
