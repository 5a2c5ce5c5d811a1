import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Emulator } from '../../screen/emulator.ts';
import type { Screen } from '../../screen/screen.ts';
import { BusyOutput } from './busy-output.ts';
import type { Pace } from './pace.ts';
import type { PaneOutput } from './pane-output.ts';

/** Bytes that may wait for the emulator before reading pauses. */
const maxPendingBytes = 1 << 20;
/** Bytes of a screen that is drawn steadily that may wait for the next look at it, to be composed together. */
const maxHeldBytes = 8192;

export interface ScreenCalls {
  /** The screen has changed, and is worth a look. */
  onScreen(screen: Screen): void;
  /** What was read is on the screen. */
  onComposed(): void;
}

/** Composes the screen of a pane from its output, and passes it on at the given pace. Pauses the output that comes too fast. */
export class PaneScreen {
  readonly #pace: Pace;
  readonly #calls: ScreenCalls;
  readonly #busy = new BusyOutput();
  #emulator: Emulator | null = null;
  #output: Pick<PaneOutput, 'pause' | 'resume'> | null = null;
  #pendingBytes = 0;
  #paused = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isLookDue = false;
  #frameTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(pace: Pace, calls: ScreenCalls) {
    this.#pace = pace;
    this.#calls = calls;
  }

  /** Null before the pane was captured. */
  get emulator(): Emulator | null {
    return this.#emulator;
  }

  /** Whether the output waits, because too much of it is not on the screen yet. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether more of what was printed may be on its way to the screen. */
  isBehind(now: number): boolean {
    return this.#pendingBytes > 0 || this.#busy.isBusy(now);
  }

  /** Whether the output has gone on for long without a pause. */
  isLong(now: number): boolean {
    return this.#busy.isLong(now);
  }

  /** Goes on with the screen of a new capture, and with what `output` brings from then on. */
  restart(emulator: Emulator, output: Pick<PaneOutput, 'pause' | 'resume'>): void {
    this.#emulator?.dispose();
    this.#emulator = emulator;
    this.#output = output;
    this.#pendingBytes = 0;
    this.#paused = false;
    this.#busy.begin(monotonic());
  }

  feed(bytes: Buffer, now: number): void {
    this.#busy.came(bytes.length, now);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > maxPendingBytes && !this.#paused) {
      this.#paused = true;
      this.#output?.pause();
    }
    this.#pace.printed(now);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes < maxHeldBytes && this.#pace.isSteady(now)) this.#scheduleLook();
    else void this.compose();
  }

  /** Resolves when everything that was read is on the screen. */
  async compose(): Promise<void> {
    const [first] = this.#held;
    const bytes = first && this.#held.length === 1 ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    await this.#emulator?.write(bytes);
    if (bytes.length > 0) this.#composed(bytes.length);
  }

  #composed(length: number): void {
    this.#pendingBytes -= length;
    if (this.#paused && this.#pendingBytes < maxPendingBytes / 4) {
      this.#paused = false;
      this.#output?.resume();
    }
    this.#busy.read(monotonic());
    if (this.#closed) return;
    this.#calls.onComposed();
    if (this.#isLookDue) this.look();
    else this.#scheduleLook();
  }

  #scheduleLook(): void {
    if (this.#closed) return;
    this.#frameTimer ??= setTimeout(() => this.#lookIfDue(), this.#pace.dueIn(monotonic()));
  }

  /** A screen that is drawn steadily may have been drawn again since this look was scheduled. */
  #lookIfDue(): void {
    this.#frameTimer = undefined;
    const inMs = this.#pace.dueIn(monotonic());
    this.#isLookDue = inMs < 1;
    if (!this.#isLookDue) this.#scheduleLook();
    else if (this.#held.length > 0) void this.compose();
    else this.look();
  }

  /** Passes the screen on now. */
  look(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.#isLookDue = false;
    if (this.#closed || !this.#emulator) return;
    const began = monotonic();
    this.#calls.onScreen(this.#emulator.screen());
    this.#pace.looked(began, monotonic());
    if (this.#held.length > 0) this.#scheduleLook();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#frameTimer);
  }
}
