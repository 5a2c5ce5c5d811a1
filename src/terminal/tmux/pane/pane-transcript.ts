import { LastLines } from '../../../lib/text/last-lines.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Emulator, ScreenListener } from '../../screen/emulator.ts';
import type { PlainLines } from '../../screen/plain-lines.ts';
import type { LogicalLine } from '../../screen/rows.ts';
import { TranscriptWriter } from '../../transcript/writer.ts';
import { type Pace, pauseAfter } from './pace.ts';
import type { PaneCapture } from './pane-capture.ts';
import type { WatchOptions } from './watch-options.ts';

/** The time between two writes, in milliseconds. */
const FLUSH_MS = { least: 100, most: 500 };
/** How many of the lines that have scrolled off are remembered. */
const RECENT = 500;

/** What a pane has printed: the lines that have scrolled off, and the transcript, which is written with pauses. */
export class PaneTranscript {
  readonly #options: WatchOptions;
  readonly #writer: TranscriptWriter;
  readonly #pace: Pace;
  #emulator: Emulator | null = null;
  #printed = new PrintedLines();
  #flushTimer: NodeJS.Timeout | undefined;
  #flushAfter = FLUSH_MS.least;
  #closed = false;

  constructor(options: WatchOptions, pace: Pace) {
    const { transcriptPath, redaction, run } = options;
    this.#options = options;
    this.#writer = new TranscriptWriter(transcriptPath, redaction, run);
    this.#pace = pace;
  }

  /** What has scrolled off the main screen. */
  get printed(): PrintedLines {
    return this.#printed;
  }

  /** Goes on from a capture of the pane, with the screen that shows what is printed from now on. */
  resume({ exact, alternate }: PaneCapture, history: LogicalLine[], emulator: Emulator): void {
    this.#emulator = emulator;
    this.#printed = new PrintedLines();
    this.#printed.add(history);
    this.#writer.resume(history, { exact, fullScreen: alternate });
    if (alternate && !this.#writer.isFullScreen) this.#writer.fullScreenEntered(emulator.mainLines());
    this.flush();
  }

  /** Takes the lines that the emulator reports, and passes on the rest that it reports. */
  listener(): ScreenListener {
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

  /** The screen has changed: writes soon. */
  changed(): void {
    if (!this.#closed) this.#flushTimer ??= setTimeout(() => this.flush(), this.#flushAfter);
  }

  /** Adds what a full-screen program shows, now that it is quiet. */
  settle(): void {
    if (!this.#emulator || this.#closed) return;
    if (this.#writer.isFullScreen) this.#writer.settleFullScreen(this.#emulator.visibleLines());
    this.flush();
  }

  /** Brings the transcript up to date with the screen. */
  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.#emulator || this.#closed) return;
    const began = monotonic();
    this.#writer.tail(this.#emulator.mainLines());
    this.#writer.flush();
    const now = monotonic();
    this.#flushAfter = this.#pace.isSteady(now) ? FLUSH_MS.most : pauseAfter(now - began, FLUSH_MS);
  }

  /** Everything that was printed so far is in the transcript. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#writer.close();
  }
}

/** What has scrolled off the top of the screen: the number of rows, and the last lines. */
class PrintedLines {
  rows = 0;
  readonly #last = new LastLines();

  /** The text of the last 500 lines, unredacted. */
  get recent(): string[] {
    return this.#last.last(RECENT);
  }

  add(lines: readonly LogicalLine[]): void {
    for (const { rows } of lines) this.rows += rows;
    this.#last.add(lines.map(({ text }) => text));
    this.#last.keep(RECENT);
  }

  addPlain({ text, count, rows }: PlainLines): void {
    this.rows += rows;
    this.#last.addText({ text, length: count });
    this.#last.keep(RECENT);
  }
}
