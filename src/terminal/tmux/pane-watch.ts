import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { Emulator, ScreenListener } from '../screen/emulator.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { Screen } from '../screen/screen.ts';
import { TranscriptWriter } from '../transcript/writer.ts';
import { BusyOutput } from './busy-output.ts';
import { lastOutputRead } from './last-output.ts';
import { Pace, pauseAfter } from './pace.ts';
import { type Captured, capturePane, type PaneCapture, restoreEmulator } from './pane-capture.ts';
import { PaneChanges } from './pane-changes.ts';
import type { PaneExit } from './pane-facts.ts';
import { isReadElsewhere, PaneOutput } from './pane-output.ts';
import { PrintedLines } from './printed-lines.ts';
import { TmuxBacklog } from './tmux-backlog.ts';
import type { WatchOptions } from './watch-options.ts';

/** The time between two frames, and between two writes of the transcript, in milliseconds. */
const FRAME_MS = { least: 16, steady: 200, most: 100 };
const FLUSH_MS = { least: 100, most: 500 };
/** How often and how long to wait for tmux to report how a dead pane's process ended. */
const maxExitChecks = 20;
const exitCheckMs = 50;
/** Bytes that may wait for the emulator before reading pauses. */
const maxPendingBytes = 1 << 20;
/** How long to wait before the pane is captured again after a failure, or while another process reads it. */
const againMs = 500;
/** Bytes of a screen that is drawn steadily that may wait for the next look at it, to be composed together. */
const maxHeldBytes = 8192;

/** Follows a pane from now on. Throws TMUX_NOT_FOUND, TMUX_FAILED when there is no such pane, and PIPE_FAILED. */
export async function watchPane(options: WatchOptions): Promise<PaneWatch> {
  const watch = new PaneWatch(options);
  await watch.start();
  return watch;
}

/** Follows one pane: its screen and its transcript. Never changes the pane. */
export class PaneWatch {
  readonly #options: WatchOptions;
  readonly #writer: TranscriptWriter;
  #output: PaneOutput | null = null;
  readonly #changes = new PaneChanges(() => this.#recaptureOnceRead());
  #emulator: Emulator | null = null;
  #printed = new PrintedLines();
  #isFirstOutput = false;
  #isFollowing = false;
  #pendingBytes = 0;
  #paused = false;
  #captureAgain = false;
  #capturing: Promise<void> | null = null;
  readonly #busy = new BusyOutput();
  readonly #backlog: TmuxBacklog;
  #changeTimer: NodeJS.Timeout | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isLookDue = false;
  #flushTimer: NodeJS.Timeout | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  readonly #frames = new Pace(FRAME_MS);
  #flushAfter = FLUSH_MS.least;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#backlog = new TmuxBacklog(options.tmux);
    this.#writer = new TranscriptWriter(options.transcriptPath, options.redaction, options.run);
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
    if (!this.#emulator) throw new Error('the watch has not started');
    return this.#emulator.screen();
  }

  /** Whether the screen is that of the pane: its output is read as it comes. */
  get isFollowing(): boolean {
    return this.#isFollowing && !this.#paused && this.#capturing === null;
  }

  /** Number of rows that have scrolled off: the screen's first row is the one after them. */
  get scrolledLines(): number {
    return this.#printed.rows;
  }

  /** The last lines that have scrolled off the main screen, unredacted. */
  linesAbove(): string[] {
    return this.#printed.recent;
  }

  /** The part of the screen's first line that has scrolled off, unredacted; '' where all of it is on the screen. */
  get headOfFirstLine(): string {
    return this.#emulator?.headOfFirstLine ?? '';
  }

  /** The last printed lines and those on the screen, unredacted. */
  recentLines(): string[] {
    return [...this.#printed.recent, ...(this.#emulator?.visibleLines().map(({ text }) => text) ?? [])];
  }

  /** Called when the screen has been quiet: what a full-screen program shows is then added to the transcript. */
  settle(): void {
    if (!this.#emulator || this.#ended) return;
    if (this.#writer.isFullScreen) this.#writer.settleFullScreen(this.#emulator.visibleLines());
    this.flush();
  }

  /** Brings the transcript up to date with the screen. */
  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.#emulator || this.#ended) return;
    const began = monotonic();
    this.#writer.tail(this.#emulator.mainLines());
    this.#writer.flush();
    const now = monotonic();
    this.#flushAfter = this.#frames.isSteady(now) ? FLUSH_MS.most : pauseAfter(now - began, FLUSH_MS);
  }

  /** Stops watching; everything received so far is in the transcript. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#output?.close();
    await this.#compose();
    this.#finish();
  }

  #feed(bytes: Buffer): void {
    if (!this.#emulator) return;
    // tmux had read the first bytes of this character, and no capture shows them: capture again, after the character.
    if (this.#isFirstOutput && ((bytes[0] ?? 0) & 0xc0) === 0x80) {
      this.#recapture();
      return;
    }
    this.#isFirstOutput = false;
    const now = monotonic();
    this.#busy.came(bytes.length, now);
    if (this.#busy.isLong(now)) void this.#recaptureIfTooMuch(now);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > maxPendingBytes && !this.#paused) {
      this.#paused = true;
      this.#output?.pause();
    }
    this.#frames.printed(now);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes < maxHeldBytes && this.#frames.isSteady(now)) this.#scheduleFrame();
    else void this.#compose();
  }

  /** Resolves when everything that was read is on the screen. */
  async #compose(): Promise<void> {
    const [first] = this.#held;
    const bytes = first && this.#held.length === 1 ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    await this.#emulator?.write(bytes);
    if (bytes.length > 0) this.#written(bytes.length);
  }

  #written(length: number): void {
    this.#pendingBytes -= length;
    if (this.#paused && this.#pendingBytes < maxPendingBytes / 4) {
      this.#paused = false;
      this.#output?.resume();
    }
    this.#busy.read(monotonic());
    if (this.#ended) return;
    this.#flushTimer ??= setTimeout(() => this.flush(), this.#flushAfter);
    if (this.#isLookDue) this.#emitFrame();
    else this.#scheduleFrame();
  }

  #scheduleFrame(): void {
    if (this.#ended) return;
    this.#frameTimer ??= setTimeout(() => this.#frameIfDue(), this.#frames.dueIn(monotonic()));
  }

  /** A screen that is drawn steadily may have been drawn again since this look was scheduled. */
  #frameIfDue(): void {
    this.#frameTimer = undefined;
    const inMs = this.#frames.dueIn(monotonic());
    this.#isLookDue = inMs < 1;
    if (!this.#isLookDue) this.#scheduleFrame();
    else if (this.#held.length > 0) void this.#compose();
    else this.#emitFrame();
  }

  #emitFrame(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.#isLookDue = false;
    if (this.#ended || !this.#emulator) return;
    const began = monotonic();
    this.#options.onScreen(this.#emulator.screen());
    this.#frames.looked(began, monotonic());
    if (this.#held.length > 0) this.#scheduleFrame();
  }

  /**
   * The pane may have died, or changed its size. tmux may have more of its output than its grid keeps lines: that is read
   * first. A pane that goes on for long without a pause is not waited for.
   */
  #recaptureOnceRead(): void {
    clearTimeout(this.#changeTimer);
    const now = monotonic();
    const isComing = this.#isFollowing && (this.#pendingBytes > 0 || this.#busy.isBusy(now));
    if (isComing && !(this.#busy.isLong(now) && this.#changes.isRunning))
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
    await this.#compose();
    if (this.#ended) return output.close();
    const { emulator, history } = await restoreEmulator(capture, this.#listener());
    this.#emulator?.dispose();
    this.#emulator = emulator;
    this.#changes.pid = capture.pid;
    this.#printed = new PrintedLines();
    this.#printed.add(history);
    this.#resumeTranscript(capture, history, emulator);
    this.#restartReading();
    this.#isFollowing = followed;
    if (followed) output.read({ data: (bytes) => this.#feed(bytes), end: () => this.#interrupted() });
    this.#emitFrame();
    if (capture.exit) void this.#checkExit(capture.exit);
    else if (!followed) setTimeout(() => this.#recapture(), exitCheckMs);
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

  #restartReading(): void {
    this.#isFirstOutput = true;
    this.#pendingBytes = 0;
    this.#paused = false;
    this.#busy.begin(monotonic());
  }

  /**
   * tmux can report the exit later than the end of the output. If it has missed the exit, it checks again when another
   * child ends.
   */
  async #checkExit(exit: PaneExit): Promise<void> {
    const { tmux, paneId } = this.#options;
    for (let checks = 0; exit.code === null && exit.signal === null && checks < maxExitChecks; checks++) {
      await tmux.run(['run-shell', '-b', 'true']).catch(() => '');
      await sleep(exitCheckMs);
      const facts = await tmux.paneFacts(paneId).catch(() => null);
      if (facts?.pane_dead) exit = { code: facts.exit_code, signal: facts.exit_signal };
    }
    this.#exited(exit);
  }

  #resumeTranscript(capture: PaneCapture, history: LogicalLine[], emulator: Emulator): void {
    this.#writer.resume(history, { exact: capture.exact, fullScreen: capture.alternate });
    if (capture.alternate && !this.#writer.isFullScreen) this.#writer.fullScreenEntered(emulator.mainLines());
    this.flush();
  }

  #listener(): ScreenListener {
    const writer = this.#writer;
    return {
      scrolled: (lines) => {
        this.#printed.add(lines);
        writer.scrolled(lines);
      },
      scrolledPlain: (lines) => {
        this.#printed.addPlain(lines);
        writer.scrolledPlain(lines);
      },
      erased: (lines) => {
        this.#printed.add(lines);
        writer.erased(lines);
      },
      historyErased: () => writer.historyErased(),
      fullScreenEntered: (lines) => writer.fullScreenEntered(lines),
      fullScreenLeft: (lines) => writer.fullScreenLeft(lines),
      title: (title) => this.#options.onTitle?.(title),
      bell: () => this.#options.onBell?.(),
      signal: (signal) => this.#options.onSignal?.(signal),
    };
  }

  #exited(exit: PaneExit): void {
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
    if (this.#ended || !this.#emulator) return;
    await this.#compose();
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
    this.flush();
    this.#ended = true;
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#frameTimer);
    clearTimeout(this.#changeTimer);
    this.#changes.close();
    this.#writer.close();
  }
}
