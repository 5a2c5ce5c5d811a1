import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { runnableAgent } from '../../../agents/registry.ts';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { type WatchContext, WorkerStream } from '../../core/record.ts';
import { keepLastScreen } from '../files/last-screen.ts';
import { UnwrittenFiles } from '../files/unwritten-files.ts';
import type { Recorder } from '../recording/recorder.ts';
import { recorderOf } from '../recording/recorder-of.ts';
import { EarlierMessages } from './earlier-messages.ts';
import { type EndOfWorker, recordExit, recordLoss } from './events/end.ts';
import { NextLook } from './next-look.ts';
import { paneOf } from './pane-of.ts';
import { ScreenObserver } from './screen-observer.ts';
import { WorkerSignals } from './signals.ts';
import { WatchHealth } from './watch-health.ts';

/** When to look again after a fault, in milliseconds. */
const LOOK_AGAIN_MS = 5000;

/**
 * Watches one worker: reads its screens, appends what changes, writes its transcript, delivers a task that waits for
 * its first prompt, records its exit. The watcher has one per worker; an observe without a watcher has one.
 */
export class WorkerWatch {
  readonly id: string;
  readonly #app: WatchContext;
  readonly #session: SessionRow;
  readonly #stream: WorkerStream;
  readonly #observer: ScreenObserver;
  readonly #pane: PaneWatch;
  readonly #signals: WorkerSignals;
  readonly #onFault: (error: unknown) => void;
  readonly #onEnd: () => void;
  readonly #health = new WatchHealth((command) => this.#stream.recordUnlessRejected(command));
  #agent: RunnableAgent;
  /** The events before this watch began; null once it has resumed from them. */
  #past: LedgerEvent[] | null = [];
  readonly #next = new NextLook(() => this.#lookAgain());
  #started = false;
  #ending = false;
  /** Resolves once the end of the worker has been recorded, or could not be. */
  #recorded: Promise<void> | null = null;
  #ended = false;
  #closed = false;
  readonly #unwritten: UnwrittenFiles;
  readonly #messages: EarlierMessages;
  readonly #recorder: Recorder;

  /** `fault` receives the errors that occur while the worker is watched; `end` is called once its end is recorded. */
  constructor(
    app: WatchContext,
    session: SessionRow,
    agent: RunnableAgent,
    on: { fault?: (error: unknown) => void; end?: () => void } = {},
  ) {
    const onFault = on.fault ?? (() => {});
    this.#onEnd = on.end ?? (() => {});
    this.id = session.id;
    this.#app = app;
    this.#session = session;
    this.#onFault = onFault;
    this.#agent = agent;
    this.#unwritten = new UnwrittenFiles(onFault);
    const of = { app, session, onFault, agent: () => this.#agent };
    this.#messages = new EarlierMessages({
      ...of,
      isOpen: () => !this.#ending && !this.#ended && this.#stream.catchUp().sending !== null,
    });
    this.#observer = new ScreenObserver({
      ...of,
      next: this.#next,
      stream: () => this.#stream,
      pane: () => this.#pane,
      isOpen: () => !this.#closed && !this.#ending,
    });
    this.#stream = new WorkerStream(app, session, (event) => this.#onEvent(event));
    this.#signals = new WorkerSignals(of, (signal) => {
      this.#observer.onSignal(signal);
      this.#lookAgain();
    });
    this.#recorder = recorderOf(of, { pane: () => this.#pane, mayWrite: () => this.#mayWrite() });
    this.#pane = paneOf(of, {
      mayWrite: () => this.#mayWrite(),
      onUnwritten: (error) => this.#unwritten.report('transcript', error),
      onScreen: (screen) => this.#onScreen(screen),
      onExit: (exit) => this.#end(() => recordExit(exit, this.#ends())),
      onGone: () => this.#end(() => recordLoss(this.#ends())),
      onBell: () => this.#signals.hearBell(),
      onSignal: (signal) => {
        this.#observer.isAtShell = this.#signals.hearTerminal(signal);
      },
      onFault: (error) => this.#fault(error),
    });
  }

  /** The number of the process that it watches. */
  get run(): number {
    return this.#session.run;
  }

  /** Whether the pane's output is read now: it ends with the pane. */
  get isReading(): boolean {
    return this.#started && !this.#closed && !this.#ending && this.#pane.isFollowing;
  }

  /** Whether everything about this worker has been recorded. */
  get ended(): boolean {
    return this.#ended && !this.waits;
  }

  /** Whether a file of the worker has to wait for space on the disk. */
  get waits(): boolean {
    return !this.#unwritten.isEmpty;
  }

  /** Resolves when the pane is being read. @throws what tmux throws, and leaves nothing running then. */
  async start(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    this.#stream.catchUp();
    this.#observer.resume(this.#past ?? []);
    this.#past = null;
    if (this.#stream.catchUp().unwatched) this.#health.resume(monotonic());
    await this.#pane.start();
    this.#started = true;
    // The worker may have ended, or its watch, while its terminal was being opened.
    if (this.#closed || this.#ending) return;
    this.#isSound();
    this.#messages.settleLater();
    this.#observer.start();
    this.#signals.start();
  }

  /**
   * Stops watching and does not touch the worker; what was printed is in the transcript. Afterwards nothing of this
   * watch reads the ledger: a task that is being typed is typed to its end, and an end that is being recorded recorded.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stopReading();
    await Promise.all([this.#observer.settled(), this.#recorded]);
  }

  async #stopReading(): Promise<void> {
    this.#next.close();
    this.#messages.close();
    this.#observer.close();
    this.#signals.close();
    await this.#pane.close();
    // What was printed last may have come after the last frame.
    if (this.#started) this.#recorder.show(this.#pane.screen());
    await this.#recorder.close();
  }

  /** Reads what other processes have appended about the worker: what was asked before that is answered. */
  catchUp(): void {
    this.#stream.catchUp();
  }

  /** Applies the current config and detection rules. */
  async reload(): Promise<void> {
    // A provider that was removed from the config keeps the agent that the worker was started with.
    this.#agent = await runnableAgent(this.#app.config, this.#agent.id).catch(() => this.#agent);
    this.#observer.reload();
    this.#lookAgain();
  }

  #onEvent(event: LedgerEvent): void {
    this.#observer.onEvent(event);
    if (this.#past) {
      this.#past.push(event);
      return;
    }
    if (event.type === 'worker.message_sent') this.#messages.settleLater();
    this.#observer.onNewEvent(event);
    if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
  }

  #onScreen(screen: Screen): void {
    try {
      if (this.#isObserved()) this.#observer.observe(screen);
      this.#isSound();
    } catch (error) {
      this.#fault(error);
    }
    this.#recorder.show(screen);
  }

  /** The worker was watched without a fault. Looks again later while an earlier one is not over. */
  #isSound(): void {
    const wait = this.#health.worked(monotonic());
    if (wait !== null && !this.#next.isScheduled) this.#next.schedule(wait);
  }

  /** Records that the worker is not watched as it should be, and looks again later, also at a screen that is quiet. */
  #fault(error: unknown): void {
    this.#onFault(error);
    try {
      this.#health.failed(redactedMessage(error), monotonic());
      if (!this.#next.isScheduled) this.#next.schedule(LOOK_AGAIN_MS);
    } catch (unrecorded) {
      this.#onFault(unrecorded);
    }
  }

  /** Whether its screens still say something about the worker. */
  #isObserved(): boolean {
    return !this.#closed && !this.#ending && !this.#ended && this.#past === null;
  }

  /** Reads the screen again although nothing was printed. */
  #lookAgain(): void {
    if (!this.#started || this.#ending || this.#closed) return;
    this.#pane.settle();
    this.#onScreen(this.#pane.screen());
  }

  #end(record: () => Promise<void>): void {
    this.#ending = true;
    this.#recorded = this.#finish(record);
  }

  async #finish(record: () => Promise<void>): Promise<void> {
    try {
      await keepLastScreen(this.#pane, {
        path: artifactPaths(this.#app.paths.artifacts, this.id).screen,
        mayWrite: () => this.#mayWrite(),
        isClosed: () => this.#closed,
        onWritten: (error) => this.#unwritten.report('screen', error),
      });
      await this.#stopReading();
      await record();
    } catch (error) {
      // Not recorded: the next watch of this worker finds the same end.
      this.#fault(error);
    }
    this.#ended = true;
    this.#onEnd();
  }

  #ends(): EndOfWorker {
    return {
      app: this.#app,
      session: this.#session,
      stream: this.#stream,
      // What the transcript lacks while the disk is full is still in memory.
      unwritten: () => (this.#unwritten.has('transcript') ? this.#pane.recentLines() : undefined),
    };
  }

  /** Whether no other watcher has taken over. */
  #mayWrite(): boolean {
    try {
      this.#app.guard?.();
      return true;
    } catch {
      return false;
    }
  }
}
