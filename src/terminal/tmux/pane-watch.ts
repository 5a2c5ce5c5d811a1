import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator, ScreenListener } from '../screen/emulator.ts';
import { PrintedLines } from '../screen/printed-lines.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { Screen } from '../screen/screen.ts';
import { type Redaction, TranscriptWriter } from '../transcript/writer.ts';
import type { ControlClient } from './control-client.ts';
import { capturePane, emulatorAt, type PaneCapture } from './pane-capture.ts';
import { paneClient } from './pane-client.ts';
import type { PaneExit } from './pane-facts.ts';
import type { Tmux } from './tmux.ts';

export interface WatchOptions {
  tmux: Tmux;
  session: string;
  paneId: string;
  transcriptPath: string;
  redaction: Redaction;
  /** The screen has changed: at once, then at most 60 times a second. Also called with the first screen. */
  onScreen(screen: Screen): void;
  /** The worker has exited; all that it printed is in the transcript. Also called when it had exited before the watch. */
  onExit(exit: PaneExit): void;
  /** The pane is gone without an exit to be told. */
  onGone(): void;
  onTitle?(title: string): void;
  onBell?(): void;
}

const frameMs = 16;
const flushMs = 100;
const reconnectMs = 50;
/** How often and how long we wait for tmux to know how a dead pane's process ended. */
const mostReapings = 20;
const reapingMs = 50;
/** What may wait for the emulator before we stop reading. */
const mostWaiting = 1 << 20;

/** Throws TMUX_NOT_FOUND, and TMUX_GONE or TMUX_FAILED when there is no such session or pane. */
export async function watchPane(options: WatchOptions): Promise<PaneWatch> {
  const watch = new PaneWatch(options);
  await watch.start();
  return watch;
}

/** Follows one pane: its screen and its transcript. Leaves the pane alone. */
export class PaneWatch {
  readonly #options: WatchOptions;
  readonly #writer: TranscriptWriter;
  #client: ControlClient;
  #emulator: Emulator | null = null;
  /** Output that came while the pane was being captured. */
  #early: Buffer[] | null = [];
  #reapings = 0;
  #printed = new PrintedLines();
  #isFirstOutput = false;
  #waiting = 0;
  #paused = false;
  #captureAgain = false;
  #capturing: Promise<void> | null = null;
  #flushTimer: NodeJS.Timeout | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #lastFrame = 0;
  #over = false;

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

  /** The screen now. */
  screen(): Screen {
    if (!this.#emulator) throw new Error('the watch has not started');
    return this.#emulator.screen();
  }

  /** Rows that are no longer on the screen: the screen's first row is the one after them. */
  get scrolledLines(): number {
    return this.#printed.rows;
  }

  /** The last lines that were printed, with those on the screen; raw. */
  recentLines(): string[] {
    return [...this.#printed.recent, ...(this.#emulator?.visibleLines().map(({ text }) => text) ?? [])];
  }

  /** The screen has been quiet: what a full-screen program shows is worth keeping. */
  settle(): void {
    if (!this.#emulator || this.#over) return;
    if (this.#writer.isFullScreen) this.#writer.settleFullScreen(this.#emulator.visibleLines());
    this.flush();
  }

  /** Brings the transcript up to the screen. */
  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.#emulator || this.#over) return;
    this.#writer.tail(this.#emulator.mainLines());
    this.#writer.flush();
  }

  /** Stops watching, with all that came so far in the transcript. */
  async close(): Promise<void> {
    if (this.#over) return;
    const client = this.#client;
    client.removeAllListeners();
    await client.close();
    await this.#emulator?.write(Buffer.alloc(0));
    this.#end();
  }

  #connect(): ControlClient {
    const { tmux, session, paneId } = this.#options;
    return paneClient(tmux, session, paneId, {
      output: (bytes) => this.#take(bytes),
      recheck: () => this.#recapture(),
      exit: () => this.#disconnected(),
    });
  }

  #take(bytes: Buffer): void {
    if (this.#early) this.#early.push(bytes);
    else this.#follow(bytes);
  }

  #follow(bytes: Buffer): void {
    if (!this.#emulator) return;
    // tmux had read the first part of this character, and no capture shows it: take another one, after it.
    if (this.#isFirstOutput && ((bytes[0] ?? 0) & 0xc0) === 0x80) {
      this.#recapture();
      return;
    }
    this.#isFirstOutput = false;
    this.#waiting += bytes.length;
    if (this.#waiting > mostWaiting && !this.#paused) {
      this.#paused = true;
      this.#client.pause();
    }
    void this.#emulator.write(bytes).then(() => this.#composed(bytes.length));
  }

  #composed(length: number): void {
    this.#waiting -= length;
    if (this.#paused && this.#waiting < mostWaiting / 4) {
      this.#paused = false;
      this.#client.resume();
    }
    this.#changed();
  }

  #changed(): void {
    if (this.#over) return;
    this.#flushTimer ??= setTimeout(() => this.flush(), flushMs);
    this.#frameTimer ??= setTimeout(() => this.#show(), Math.max(0, this.#lastFrame + frameMs - Date.now()));
  }

  #show(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    if (this.#over || !this.#emulator) return;
    this.#lastFrame = Date.now();
    this.#options.onScreen(this.#emulator.screen());
  }

  /** Looks at the pane itself: what we follow may have a gap, or the pane may have died or changed its size. */
  #recapture(): void {
    if (this.#over) return;
    this.#early ??= [];
    if (this.#capturing) {
      this.#captureAgain = true;
      return;
    }
    // When it fails, the client has gone with the session, and says so itself.
    this.#capture().catch(() => {});
  }

  async #capture(): Promise<void> {
    this.#early ??= [];
    this.#capturing = this.#captureOnce();
    try {
      await this.#capturing;
    } finally {
      this.#capturing = null;
    }
    if (!this.#captureAgain || this.#over) return;
    this.#captureAgain = false;
    await this.#capture();
  }

  async #captureOnce(): Promise<void> {
    const capture = await capturePane(this.#client, this.#options.paneId, () => {
      this.#early = [];
    });
    await this.#emulator?.write(Buffer.alloc(0));
    if (this.#over) return;
    const { emulator, history } = await emulatorAt(capture, this.#listener());
    this.#emulator?.dispose();
    this.#emulator = emulator;
    this.#printed = new PrintedLines();
    this.#printed.add(history);
    this.#adopt(capture, history, emulator);
    const early = this.#early ?? [];
    this.#early = null;
    this.#isFirstOutput = true;
    for (const bytes of early) this.#take(bytes);
    this.#show();
    if (capture.exit) this.#dead(capture.exit);
  }

  /** The exit can come later than the end of the output. A tmux that has missed it looks again when another child ends. */
  #dead(exit: PaneExit): void {
    if (exit.code !== null || exit.signal !== null || this.#reapings++ === mostReapings) {
      this.#exited(exit);
      return;
    }
    this.#client.command('run-shell', '-b', 'true').catch(() => {});
    setTimeout(() => this.#recapture(), reapingMs);
  }

  #adopt(capture: PaneCapture, history: LogicalLine[], emulator: Emulator): void {
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
    if (this.#over) return;
    this.#client.removeAllListeners();
    void this.#client.close();
    this.settle();
    this.#end();
    this.#options.onExit(exit);
  }

  /** The session is gone, or only our client is: somebody detached it, or tmux itself ended it. */
  async #disconnected(): Promise<void> {
    // Before the first screen, start() itself fails.
    if (this.#over || !this.#emulator) return;
    await this.#emulator.write(Buffer.alloc(0));
    const facts = await this.#options.tmux.paneFacts(this.#options.paneId).catch(() => undefined);
    if (this.#over) return;
    if (facts !== null) {
      await sleep(reconnectMs);
      this.#early = [];
      this.#client = this.#connect();
      this.#recapture();
      return;
    }
    this.settle();
    this.#end();
    this.#options.onGone();
  }

  #end(): void {
    // A pane may end while its watch is being closed.
    if (this.#over) return;
    this.flush();
    this.#over = true;
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#frameTimer);
    this.#writer.close();
  }
}
