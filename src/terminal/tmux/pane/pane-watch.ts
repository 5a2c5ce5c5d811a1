import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Screen } from '../../screen/screen.ts';
import type { PaneExit } from '../pane-facts.ts';
import { Pace } from './pace.ts';
import { type Captured, capturePane, restoreEmulator } from './pane-capture.ts';
import { PaneChanges } from './pane-changes.ts';
import { exitOf, lastOutputRead } from './pane-end.ts';
import { isReadElsewhere, PaneOutput } from './pane-output.ts';
import { PaneScreen } from './pane-screen.ts';
import { PaneTranscript } from './pane-transcript.ts';
import { TmuxBacklog } from './tmux-backlog.ts';
import type { WatchOptions } from './watch-options.ts';

/** The time between two frames, in milliseconds. */
const FRAME_MS = { least: 16, steady: 200, most: 100 };
/** How long to wait before a pane is captured again of which tmux has not said yet that it is dead. */
const deadCheckMs = 50;
/** How long to wait before the pane is captured again after a failure, or while another process reads it. */
const againMs = 500;

/** Follows a pane from now on. Throws TMUX_NOT_FOUND, TMUX_FAILED when there is no such pane, and PIPE_FAILED. */
export async function watchPane(options: WatchOptions): Promise<PaneWatch> {
  const watch = new PaneWatch(options);
  await watch.start();
  return watch;
}

/** Follows one pane: its screen and its transcript. Never changes the pane. */
export class PaneWatch {
  readonly #options: WatchOptions;
  readonly #transcript: PaneTranscript;
  readonly #screen: PaneScreen;
  readonly #changes = new PaneChanges(() => this.#recaptureOnceRead());
  readonly #backlog: TmuxBacklog;
  #output: PaneOutput | null = null;
  #isFirstOutput = false;
  #isFollowing = false;
  #captureAgain = false;
  #capturing: Promise<void> | null = null;
  #changeTimer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#backlog = new TmuxBacklog(options.tmux);
    const pace = new Pace(FRAME_MS);
    this.#transcript = new PaneTranscript(options, pace);
    this.#screen = new PaneScreen(pace, {
      onScreen: (screen) => options.onScreen(screen),
      onComposed: () => this.#transcript.changed(),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#changes.follow(this.#options.tmux);
      await this.#capture();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The current screen. Throws before the watch has started. */
  screen(): Screen {
    const { emulator } = this.#screen;
    if (!emulator) throw new Error('the watch has not started');
    return emulator.screen();
  }

  /** Whether the screen is that of the pane: its output is read as it comes. */
  get isFollowing(): boolean {
    return this.#isFollowing && !this.#screen.isPaused && this.#capturing === null;
  }

  /** Number of rows that have scrolled off: the screen's first row is the one after them. */
  get scrolledLines(): number {
    return this.#transcript.printed.rows;
  }

  /** The last lines that have scrolled off the main screen, unredacted. */
  linesAbove(): string[] {
    return this.#transcript.printed.recent;
  }

  /** The part of the screen's first line that has scrolled off, unredacted; '' where all of it is on the screen. */
  get headOfFirstLine(): string {
    return this.#screen.emulator?.headOfFirstLine ?? '';
  }

  /** The last printed lines and those on the screen, unredacted. */
  recentLines(): string[] {
    return [
      ...this.#transcript.printed.recent,
      ...(this.#screen.emulator?.visibleLines().map(({ text }) => text) ?? []),
    ];
  }

  /** Called when the screen has been quiet: what a full-screen program shows is then added to the transcript. */
  settle(): void {
    this.#transcript.settle();
  }

  /** Brings the transcript up to date with the screen. */
  flush(): void {
    this.#transcript.flush();
  }

  /** Stops watching; everything received so far is in the transcript. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#output?.close();
    await this.#screen.compose();
    this.#finish();
  }

  #feed(bytes: Buffer): void {
    // tmux had read the first bytes of this character, and no capture shows them: capture again, after the character.
    if (this.#isFirstOutput && ((bytes[0] ?? 0) & 0xc0) === 0x80) {
      this.#recapture();
      return;
    }
    this.#isFirstOutput = false;
    const now = monotonic();
    this.#screen.feed(bytes, now);
    if (this.#screen.isLong(now)) void this.#recaptureIfTooMuch(now);
  }

  /**
   * The pane may have died, or changed its size. tmux may have more of its output than its grid keeps lines: that is read
   * first. A pane that goes on for long without a pause is not waited for.
   */
  #recaptureOnceRead(): void {
    clearTimeout(this.#changeTimer);
    const now = monotonic();
    const isComing = this.#isFollowing && this.#screen.isBehind(now);
    if (isComing && !(this.#screen.isLong(now) && this.#changes.isRunning))
      this.#changeTimer = setTimeout(() => this.#recaptureOnceRead(), againMs);
    else this.#recapture();
  }

  /** Goes on from the grid, which has the last 200,000 lines, where tmux holds too much that was not read. */
  async #recaptureIfTooMuch(now: number): Promise<void> {
    if (await this.#backlog.isTooLarge(now)) this.#recapture();
  }

  /** Captures the pane again: its output may have a gap, or it may have died or changed its size. */
  #recapture(): void {
    if (this.#ended) return;
    if (this.#capturing) {
      this.#captureAgain = true;
      return;
    }
    this.#capture().catch((error) => this.#interrupted(error));
  }

  async #capture(): Promise<void> {
    this.#capturing = this.#captureOnce();
    try {
      await this.#capturing;
    } finally {
      this.#capturing = null;
    }
    if (!this.#captureAgain || this.#ended) return;
    this.#captureAgain = false;
    await this.#capture();
  }

  async #captureOnce(): Promise<void> {
    // The grid of a pane that has ended lacks what its program erased.
    if (this.#output && this.#isFollowing && !this.#changes.isRunning) {
      await lastOutputRead(this.#options.tmux, this.#options.paneId, this.#output);
      if (this.#ended) return;
    }
    // What it has not read yet is in the grid.
    this.#output?.close();
    const output = await PaneOutput.open(this.#options.tmux);
    this.#output = output;
    const { capture, followed } = await this.#captureInto(output);
    await this.#screen.compose();
    if (this.#ended) return output.close();
    const { emulator, history } = await restoreEmulator(capture, this.#transcript.listener());
    this.#changes.pid = capture.pid;
    this.#screen.restart(emulator, output);
    this.#transcript.resume(capture, history, emulator);
    this.#isFirstOutput = true;
    this.#isFollowing = followed;
    if (followed) output.read({ data: (bytes) => this.#feed(bytes), end: () => this.#interrupted() });
    this.#screen.look();
    if (capture.exit) void this.#exited(capture.exit);
    else if (!followed) setTimeout(() => this.#recapture(), deadCheckMs);
  }

  /** Captures the pane and leads what follows into `output`, which is closed if nothing will follow. */
  async #captureInto(output: PaneOutput): Promise<Captured> {
    const { tmux, paneId } = this.#options;
    let followed = false;
    try {
      const captured = await capturePane(tmux, paneId, output.commands(paneId));
      followed = captured.followed;
      if (followed) await output.begun();
      return captured;
    } finally {
      if (!followed) output.close();
    }
  }

  async #exited(captured: PaneExit): Promise<void> {
    const exit = await exitOf(this.#options.tmux, this.#options.paneId, captured);
    if (this.#ended) return;
    this.#output?.close();
    this.settle();
    this.#finish();
    this.#options.onExit(exit);
  }

  /** The pane is gone, or another process reads it now, or it could not be captured, because of `error`. */
  async #interrupted(error?: unknown): Promise<void> {
    this.#isFollowing = false;
    // Before the first screen, start() itself fails.
    if (this.#ended || !this.#screen.emulator) return;
    await this.#screen.compose();
    const { tmux, paneId } = this.#options;
    const facts = await tmux.paneFacts(paneId).catch(() => undefined);
    if (this.#ended) return;
    if (facts === null) {
      this.settle();
      this.#finish();
      this.#options.onGone();
      return;
    }
    if (error !== undefined) {
      this.#options.onFault?.(error);
      await sleep(againMs);
    }
    // Two that take the pane from each other would both miss most of it.
    while (!this.#ended && (await isReadElsewhere(tmux, paneId))) await sleep(againMs);
    this.#recapture();
  }

  #finish(): void {
    // A pane may end while its watch is being closed.
    if (this.#ended) return;
    this.#transcript.close();
    this.#ended = true;
    this.#screen.close();
    clearTimeout(this.#changeTimer);
    this.#changes.close();
  }
}
