import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import { runnableAgent } from '../../../agents/registry.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Observation, WorkerCommand } from '../../../machines/worker/commands.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { RuleSet } from '../../../terminal/detection/rules/rule-set.ts';
import { Motion } from '../../../terminal/motion/motion.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane-watch.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { launchFolder } from '../../core/launch-folder.ts';
import { type WatchContext, WorkerStream } from '../../core/record.ts';
import { ofLastRun, pastOf } from '../../core/sessions/past.ts';
import { SentTexts } from '../../core/words/sent-texts.ts';
import { BoundedPerception } from '../../sight/bounded-perception.ts';
import { Perception } from '../../sight/perception.ts';
import { SessionResult } from '../../sight/session-result.ts';
import { SignalListener } from '../../sight/signals/listen.ts';
import { keepLastScreen } from '../files/last-screen.ts';
import { isUnwritten, RETRY_MS, UnwrittenFiles } from '../files/unwritten-files.ts';
import { limitsOfWorker } from '../parking/ask.ts';
import { LimitWatch } from '../parking/limit-watch.ts';
import type { Recorder } from '../recording/recorder.ts';
import { recorderOf } from '../recording/recorder-of.ts';
import { isTypedLater } from '../task/first-task.ts';
import { TaskDelivery } from '../task/task-delivery.ts';
import { ConversationLookup } from './conversation-lookup.ts';
import { EarlierMessages } from './earlier-messages.ts';
import { type EndOfWorker, recordExit, recordLoss } from './events/end.ts';
import { recordSeen } from './events/seen.ts';
import { followAgent } from './follow-agent.ts';
import { NextLook } from './next-look.ts';
import { paneOf } from './pane-of.ts';
import { type SnapshotOf, snapshotOf } from './snapshot.ts';
import { StartupDialogs } from './startup-dialogs.ts';
import { timeouts } from './timeouts.ts';
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
  readonly #sent = new SentTexts();
  readonly #perception: Perception;
  readonly #bounded: BoundedPerception;
  readonly #pane: PaneWatch;
  readonly #signals: SignalListener;
  readonly #motion = new Motion();
  readonly #onFault: (error: unknown) => void;
  readonly #onEnd: () => void;
  readonly #health = new WatchHealth((command) => this.#record(command));
  #agent: RunnableAgent;
  #rules: RuleSet;
  /** The events before this watch began; null once it has resumed from them. */
  #past: LedgerEvent[] | null = [];
  #followed: { close(): void } | null = null;
  readonly #next = new NextLook(() => this.#lookAgain());
  #started = false;
  #ending = false;
  /** Resolves once the end of the worker has been recorded, or could not be. */
  #recorded: Promise<void> | null = null;
  #ended = false;
  #closed = false;
  readonly #unwritten: UnwrittenFiles;
  readonly #messages: EarlierMessages;
  readonly #startup: StartupDialogs;
  readonly #task: TaskDelivery;
  readonly #limits: LimitWatch;
  readonly #result: SessionResult;
  readonly #conversation: ConversationLookup;
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
    this.#result = new SessionResult(app, session);
    const of = { app, session, onFault, agent: () => this.#agent };
    this.#startup = new StartupDialogs({ ...of, look: () => this.#look() });
    this.#messages = new EarlierMessages({
      ...of,
      isOpen: () => !this.#ending && !this.#ended && this.#stream.catchUp().sending !== null,
    });
    this.#task = new TaskDelivery({
      ...of,
      rules: () => this.#rules,
      worker: () => this.#stream.catchUp(),
      sent: () => this.#sent.toString(),
      recentLines: () => this.#pane.recentLines(),
      record: (command) => this.#record(command),
      onTyping: () => this.#perception.sent(monotonic(), { isDelivering: true }),
      onFault: (error) => this.#onUndelivered(error),
      lookAgain: (inMs) => this.#lookSoon(inMs),
    });
    this.#conversation = new ConversationLookup({
      ...of,
      word: () => this.#sent.resultWord,
      record: (command) => this.#record(command),
    });
    this.#limits = new LimitWatch({
      ...of,
      limits: limitsOfWorker(app, session),
      worker: () => this.#stream.catchUp(),
      record: (command) => this.#record(command),
      look: () => this.#look(),
      lookAgain: (inMs) => this.#lookSoon(inMs),
    });
    this.#rules = this.#validRules() ?? screenRules(agent.id, null);
    this.#perception = new Perception(monotonic(), timeouts(app));
    this.#bounded = new BoundedPerception(this.#perception);
    this.#stream = new WorkerStream(app, session, (event) => this.#onEvent(event));
    this.#signals = new SignalListener(launchFolder(app, session.id), {
      onSignal: (signal) => {
        if (signal.kind === 'turn_ended') this.#motion.rest();
        this.#task.hear(signal.kind);
        this.#perception.onSignal(signal, monotonic());
        this.#lookAgain();
      },
      isOff: () => (app.config.signals as Record<string, boolean | undefined>)[session.provider_id] === false,
    });
    this.#recorder = recorderOf(of, { pane: () => this.#pane, mayWrite: () => this.#mayWrite() });
    this.#pane = paneOf(of, {
      mayWrite: () => this.#mayWrite(),
      onUnwritten: (error) => this.#unwritten.report('transcript', error),
      onScreen: (screen) => this.#onScreen(screen),
      onExit: (exit) => this.#end(() => recordExit(exit, this.#ends())),
      onGone: () => this.#end(() => recordLoss(this.#ends())),
      onBell: () => this.#signals.hear('attention'),
      onSignal: (signal) => {
        this.#perception.isAtShell = this.#signals.hearTerminal(signal);
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
    this.#perception.resume(pastOf(this.#past ?? [], new Date()));
    const hasBegun = ofLastRun(this.#past ?? []).some(({ type }) => type === 'worker.transitioned');
    const hasRules = this.#rules.fallback !== undefined;
    if (hasRules && !hasBegun && !isTypedLater(this.#session)) this.#perception.startedWithTask(monotonic());
    this.#past = null;
    if (this.#stream.catchUp().unwatched) this.#health.resume(monotonic());
    await this.#pane.start();
    this.#started = true;
    // The worker may have ended, or its watch, while its terminal was being opened.
    if (this.#closed || this.#ending) return;
    this.#isSound();
    this.#messages.settleLater();
    this.#limits.start();
    if (this.#signals.start()) this.#followAgent();
  }

  /**
   * Stops watching and does not touch the worker; what was printed is in the transcript. Afterwards nothing of this
   * watch reads the ledger: a task that is being typed is typed to its end, and an end that is being recorded recorded.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stopReading();
    await Promise.all([this.#task.close(), this.#recorded]);
  }

  async #stopReading(): Promise<void> {
    this.#next.close();
    this.#messages.close();
    this.#limits.close();
    this.#signals.close();
    this.#followed?.close();
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
    this.#rules = this.#validRules() ?? this.#rules;
    this.#perception.timeouts = timeouts(this.#app);
    this.#lookAgain();
  }

  /** The rules including the user's own; null if those have an error. */
  #validRules(): RuleSet | null {
    try {
      return screenRules(this.#agent.id, this.#app.paths.detectors);
    } catch (error) {
      this.#onFault(error);
      return null;
    }
  }

  #followAgent(): void {
    const give = (kind: SignalKind) => this.#signals.give(kind, Date.now());
    this.#followed = followAgent(this.#app, this.#session, this.#agent, give);
  }

  #onEvent(event: LedgerEvent): void {
    this.#sent.add(event);
    this.#limits.onEvent(event);
    if (this.#past) {
      this.#past.push(event);
      return;
    }
    if (event.type === 'worker.message_sent') this.#messages.settleLater();
    if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
      this.#perception.sent(monotonic(), { isDelivering: event.type === 'worker.message_sent' });
      // A worker that has answered by now may never change its screen again.
      this.#next.schedule(0);
    }
    if (event.type === 'worker.message_delivered' || event.type === 'worker.prompt_delivered') {
      this.#perception.delivered(monotonic(), { isQueued: event.data.delivery === 'queued' });
      this.#next.schedule(0);
    }
    if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
  }

  #onScreen(screen: Screen): void {
    try {
      this.#observe(screen);
      this.#isSound();
    } catch (error) {
      // A pattern of the user's own that takes too long would stop every worker at each screen.
      if (error instanceof AgentPoolError && error.code === 'RULES_INVALID') {
        this.#rules = screenRules(this.#agent.id, null);
        this.#next.schedule(0);
      }
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

  #observe(screen: Screen): void {
    if (this.#closed || this.#ending || this.#ended || this.#past) return;
    const worker = this.#stream.catchUp();
    if (!worker.state || !worker.alive) return;
    const now = monotonic();
    // While another process reads the pane, or it is captured again, this screen is an old one.
    if (!this.#pane.isFollowing) this.#motion.interrupt();
    const { raw, snapshot } = snapshotOf(screen, { ...this.#view(), motion: { of: this.#motion, now } });
    const perceived = this.#bounded.perceive(worker.state, snapshot, now);
    recordSeen(perceived, {
      app: this.#app,
      session: this.#session,
      record: (command) => this.#record(command),
    });
    const isTaken = this.#limits.take(worker.state, { raw, snapshot, observation: perceived.observation });
    if (perceived.observation && !isTaken) {
      if (perceived.observation.event === 'idle') this.#motion.rest();
      // A process that waits for this event may read the transcript at once.
      this.#pane.settle();
      this.#report(perceived.observation, raw).catch(this.#onFault);
    }
    this.#next.schedule(perceived.recheckInMs);
    this.#identify();
    // A watcher that was killed may have recorded that the worker is idle without delivering the task.
    const isIdle = snapshot.classification.label === 'idle' && worker.state === 'IDLE';
    const isAtPrompt = isIdle || (perceived.observation?.event === 'idle' && !isTaken);
    if (!worker.promptDelivered) this.#task.consider({ screen, classification: raw, isAtPrompt });
  }

  /** An agent names its conversation when it likes, often after its last screen for a while. */
  #identify(): void {
    const again = this.#conversation.consider();
    if (again !== null) this.#lookSoon(again);
  }

  #record(command: WorkerCommand): LedgerEvent[] | null {
    return this.#stream.recordUnlessRejected(command);
  }

  /** Looks again by then, or earlier where that is scheduled. */
  #lookSoon(inMs: number): void {
    this.#next.atLatest(inMs);
  }

  /** Reads the screen again although nothing was printed. */
  #lookAgain(): void {
    if (!this.#started || this.#ending || this.#closed) return;
    this.#pane.settle();
    this.#onScreen(this.#pane.screen());
  }

  /** Records the observation. A startup dialog that the user's config answers is answered instead. */
  async #report(observation: Observation, classification: Classification): Promise<void> {
    if (!(await this.#startup.answer(classification))) this.#record({ kind: 'observe', ...observation });
  }

  #view(): SnapshotOf {
    const said: SnapshotOf['said'] = (sent) => this.#result.read(this.#agent, sent);
    return { pane: this.#pane, rules: this.#rules, sent: this.#sent, said };
  }

  /** What the screen shows now; null once the worker is not watched any more. */
  #look(): Classification | null {
    if (this.#closed || this.#ending) return null;
    return snapshotOf(this.#pane.screen(), this.#view()).raw;
  }

  #onUndelivered(error: unknown): void {
    this.#onFault(error);
    if (isUnwritten(error)) this.#next.schedule(RETRY_MS);
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
