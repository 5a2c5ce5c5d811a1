import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator, ScreenListener } from '../screen/emulator.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { Screen } from '../screen/screen.ts';
import { type Redaction, TranscriptWriter } from '../transcript/writer.ts';
import type { ControlClient } from './control-client.ts';
import { capturePane, type PaneCapture, restoreEmulator } from './pane-capture.ts';
import { paneClient } from './pane-client.ts';
import type { PaneExit } from './pane-facts.ts';
import type { Tmux } from './tmux.ts';

export interface WatchOptions {
  tmux: Tmux;
  session: string;
  paneId: string;
  transcriptPath: string;
  redaction: Redaction;
  /** Called with the first screen and after changes, at most 60 times a second. */
  onScreen(screen: Screen): void;
  /** The worker has exited and the transcript is complete. Also called when it had exited before the watch. */
  onExit(exit: PaneExit): void;
  /** The pane is gone and its exit is not known. */
  onGone(): void;
  onTitle?(title: string): void;
  onBell?(): void;
}

const frameMs = 16;
const flushMs = 100;
const reconnectMs = 50;
/** How often and how long to wait for tmux to report how a dead pane's process ended. */
const maxExitChecks = 20;
const exitCheckMs = 50;
/** Bytes that may wait for the emulator before reading pauses. */
const maxPendingBytes = 1 << 20;

/**
 * Follows a pane from now on. Throws TMUX_NOT_FOUND, and TMUX_GONE or TMUX_FAILED when there is no such session or
 * pane.
 */
export async function watchPane(options: WatchOptions): Promise<PaneWatch> {
  const watch = new PaneWatch(options);
  await watch.start();
  return watch;
}

/** Follows one pane: its screen and its transcript. Never changes the pane. */
export class PaneWatch {
  readonly #options: WatchOptions;
  readonly #writer: TranscriptWriter;
  #client: ControlClient;
  #emulator: Emulator | null = null;
  /** Output that arrived while the pane was being captured. */
  #buffered: Buffer[] | null = [];
  #exitChecks = 0;
  #printed = new PrintedLines();
  #isFirstOutput = false;
  #pendingBytes = 0;
  #paused = false;
  #captureAgain = false;
  #capturing: Promise<void> | null = null;
  #flushTimer: NodeJS.Timeout | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #lastFrame = 0;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#writer = new TranscriptWriter(options.transcriptPath, options.redaction);
    this.#client = this.#connect();
  }

  async start(): Promise<void> {
    try {
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

  /** Number of rows that have scrolled off: the screen's first row is the one after them. */
  get scrolledLines(): number {
    return this.#printed.rows;
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
    this.#writer.tail(this.#emulator.mainLines());
    this.#writer.flush();
  }

  /** Stops watching; everything received so far is in the transcript. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const client = this.#client;
    client.removeAllListeners();
    await client.close();
    await this.#emulator?.write(Buffer.alloc(0));
    this.#finish();
  }

  #connect(): ControlClient {
    const { tmux, session, paneId } = this.#options;
    return paneClient(tmux, session, paneId, {
      output: (bytes) => this.#receive(bytes),
      recheck: () => this.#recapture(),
      exit: () => this.#disconnected(),
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#buffered) this.#buffered.push(bytes);
    else this.#feed(bytes);
  }

  #feed(bytes: Buffer): void {
    if (!this.#emulator) return;
    // tmux had read the first bytes of this character, and no capture shows them: capture again, after the character.
    if (this.#isFirstOutput && ((bytes[0] ?? 0) & 0xc0) === 0x80) {
      this.#recapture();
      return;
    }
    this.#isFirstOutput = false;
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > maxPendingBytes && !this.#paused) {
      this.#paused = true;
      this.#client.pause();
    }
    void this.#emulator.write(bytes).then(() => this.#written(bytes.length));
  }

  #written(length: number): void {
    this.#pendingBytes -= length;
    if (this.#paused && this.#pendingBytes < maxPendingBytes / 4) {
      this.#paused = false;
      this.#client.resume();
    }
    this.#scheduleFrame();
  }

  #scheduleFrame(): void {
    if (this.#ended) return;
    this.#flushTimer ??= setTimeout(() => this.flush(), flushMs);
    this.#frameTimer ??= setTimeout(
      () => this.#emitFrame(),
      Math.max(0, this.#lastFrame + frameMs - Date.now()),
    );
  }

  #emitFrame(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    if (this.#ended || !this.#emulator) return;
    this.#lastFrame = Date.now();
    this.#options.onScreen(this.#emulator.screen());
  }

  /** Captures the pane again: the output may have a gap, or the pane may have died or changed its size. */
  #recapture(): void {
    if (this.#ended) return;
    this.#buffered ??= [];
    if (this.#capturing) {
      this.#captureAgain = true;
      return;
    }
    // A capture fails when the client has gone with the session; the client reports that itself.
    this.#capture().catch(() => {});
  }

  async #capture(): Promise<void> {
    this.#buffered ??= [];
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
    const capture = await capturePane(this.#client, this.#options.paneId, () => {
      this.#buffered = [];
    });
    await this.#emulator?.write(Buffer.alloc(0));
    if (this.#ended) return;
    const { emulator, history } = await restoreEmulator(capture, this.#listener());
    this.#emulator?.dispose();
    this.#emulator = emulator;
    this.#printed = new PrintedLines();
    this.#printed.add(history);
    this.#resumeTranscript(capture, history, emulator);
    const buffered = this.#buffered ?? [];
    this.#buffered = null;
    this.#isFirstOutput = true;
    for (const bytes of buffered) this.#receive(bytes);
    this.#emitFrame();
    if (capture.exit) this.#checkExit(capture.exit);
  }

  /**
   * tmux can report the exit later than the end of the output. If it has missed the exit, it checks again when another
   * child ends.
   */
  #checkExit(exit: PaneExit): void {
    if (exit.code !== null || exit.signal !== null || this.#exitChecks++ === maxExitChecks) {
      this.#exited(exit);
      return;
    }
    this.#client.command('run-shell', '-b', 'true').catch(() => {});
    setTimeout(() => this.#recapture(), exitCheckMs);
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
      erased: (lines) => {
        this.#printed.add(lines);
        writer.erased(lines);
      },
      historyErased: () => writer.historyErased(),
      fullScreenEntered: (lines) => writer.fullScreenEntered(lines),
      fullScreenLeft: (lines) => writer.fullScreenLeft(lines),
      title: (title) => this.#options.onTitle?.(title),
      bell: () => this.#options.onBell?.(),
    };
  }

  #exited(exit: PaneExit): void {
    if (this.#ended) return;
    this.#client.removeAllListeners();
    void this.#client.close();
    this.settle();
    this.#finish();
    this.#options.onExit(exit);
  }

  /** The session is gone, or only the client is: the user detached it, or tmux itself ended it. */
  async #disconnected(): Promise<void> {
    // Before the first screen, start() itself fails.
    if (this.#ended || !this.#emulator) return;
    await this.#emulator.write(Buffer.alloc(0));
    const facts = await this.#options.tmux.paneFacts(this.#options.paneId).catch(() => undefined);
    if (this.#ended) return;
    if (facts !== null) {
      await sleep(reconnectMs);
      this.#buffered = [];
      this.#client = this.#connect();
      this.#recapture();
      return;
    }
    this.settle();
    this.#finish();
    this.#options.onGone();
  }

  #finish(): void {
    // A pane may end while its watch is being closed.
    if (this.#ended) return;
    this.flush();
    this.#ended = true;
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#frameTimer);
    this.#writer.close();
  }
}

const RECENT = 500;

/** What has scrolled off the top of the screen: the number of rows, and the last lines. */
class PrintedLines {
  rows = 0;
  /** The text of the last 500 lines, unredacted. */
  recent: string[] = [];

  add(lines: readonly LogicalLine[]): void {
    for (const line of lines) this.rows += line.rows;
    this.recent = [...this.recent, ...lines.slice(-RECENT).map(({ text }) => text)].slice(-RECENT);
  }
}
