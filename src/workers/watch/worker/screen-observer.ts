import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Observation, WorkerCommand } from '../../../machines/worker/commands.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import type { AppContext } from '../../core/context.ts';
import type { WatchContext, WorkerStream } from '../../core/record.ts';
import { ofLastRun, pastOf } from '../../core/sessions/past.ts';
import { SentTexts } from '../../core/words/sent-texts.ts';
import { BoundedPerception } from '../../sight/perception/bounded-perception.ts';
import { Perception } from '../../sight/perception/perception.ts';
import type { Timeouts } from '../../sight/seen.ts';
import type { Signal } from '../../sight/signals/spool.ts';
import { isUnwritten, RETRY_MS } from '../files/unwritten-files.ts';
import { limitsOfWorker } from '../parking/ask.ts';
import { LimitWatch } from '../parking/limit-watch.ts';
import { isTypedLater } from '../task/first-task.ts';
import { TaskDelivery } from '../task/task-delivery.ts';
import { ConversationLookup } from './conversation-lookup.ts';
import { recordSeen } from './events/seen.ts';
import type { NextLook } from './next-look.ts';
import { PaneReader } from './screen-reading.ts';
import { StartupDialogs } from './startup-dialogs.ts';

export interface ObserverOf {
  app: WatchContext;
  session: SessionRow;
  next: NextLook;
  agent(): RunnableAgent;
  stream(): WorkerStream;
  pane(): PaneWatch;
  /** Whether the screen still counts: false once the watch is closed or its worker ends. */
  isOpen(): boolean;
  onFault(error: unknown): void;
}

/** How long the screen of a working worker must be quiet before it counts as idle: agents pause between two steps. */
const IDLE_MS = 1000;

/**
 * Turns the screens of a worker into records: what it does, that a limit has stopped it, which conversation it has. What
 * a screen asks for is done: a startup dialog is answered, and a task that waits for the first prompt is typed.
 */
export class ScreenObserver {
  readonly #of: ObserverOf;
  readonly #sent = new SentTexts();
  readonly #reading: PaneReader;
  readonly #perception: Perception;
  readonly #bounded: BoundedPerception;
  readonly #startup: StartupDialogs;
  readonly #task: TaskDelivery;
  readonly #limits: LimitWatch;
  readonly #conversation: ConversationLookup;

  constructor(of: ObserverOf) {
    this.#of = of;
    const { app, session, agent, pane, next, onFault } = of;
    const shared = {
      app,
      session,
      agent,
      onFault,
      worker: () => of.stream().catchUp(),
      record: (command: WorkerCommand) => this.#record(command),
      look: () => (of.isOpen() ? this.#reading.look() : null),
      lookAgain: (inMs: number) => next.atLatest(inMs),
    };
    this.#reading = new PaneReader({ app, session, agent, pane, onFault, sent: this.#sent });
    this.#perception = new Perception(monotonic(), timeouts(app));
    this.#bounded = new BoundedPerception(this.#perception);
    this.#startup = new StartupDialogs(shared);
    this.#conversation = new ConversationLookup({ ...shared, word: () => this.#sent.resultWord });
    this.#limits = new LimitWatch({ ...shared, limits: limitsOfWorker(app, session) });
    this.#task = new TaskDelivery({
      ...shared,
      rules: () => this.#reading.rules,
      sent: () => this.#sent.toString(),
      recentLines: () => pane().recentLines(),
      onTyping: () => this.#perception.sent(monotonic(), { isDelivering: true }),
      onFault: (error) => this.#onUndelivered(error),
    });
  }

  /** Continues from the worker's events before this watch. */
  resume(past: readonly LedgerEvent[]): void {
    this.#perception.resume(pastOf(past, new Date()));
    const hasBegun = ofLastRun(past).some(({ type }) => type === 'worker.transitioned');
    const hasRules = this.#reading.rules.fallback !== undefined;
    if (hasRules && !hasBegun && !isTypedLater(this.#of.session))
      this.#perception.startedWithTask(monotonic());
  }

  start(): void {
    this.#limits.start();
  }

  /** Every event of the worker, also those before this watch. */
  onEvent(event: LedgerEvent): void {
    this.#sent.add(event);
    this.#limits.onEvent(event);
  }

  /** An event that was appended while the worker is watched. */
  onNewEvent(event: LedgerEvent): void {
    if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
      this.#perception.sent(monotonic(), { isDelivering: event.type === 'worker.message_sent' });
      // A worker that has answered by now may never change its screen again.
      this.#of.next.schedule(0);
    }
    if (event.type === 'worker.message_delivered' || event.type === 'worker.prompt_delivered') {
      this.#perception.delivered(monotonic(), { isQueued: event.data.delivery === 'queued' });
      this.#of.next.schedule(0);
    }
  }

  /** A signal of the agent. The screen that explains it has to be looked at. */
  onSignal(signal: Signal): void {
    if (signal.kind === 'turn_ended') this.#reading.rest();
    this.#task.hear(signal.kind);
    this.#perception.onSignal(signal, monotonic());
  }

  /** Whether a shell has marked its prompt in the worker's terminal. */
  set isAtShell(isAtShell: boolean) {
    this.#perception.isAtShell = isAtShell;
  }

  /** Takes the next screen. @throws RULES_INVALID where a pattern of the user's own takes too long: those rules are dropped. */
  observe(screen: Screen): void {
    try {
      this.#observe(screen);
    } catch (error) {
      // A pattern of the user's own that takes too long would stop every worker at each screen.
      if (error instanceof AgentPoolError && error.code === 'RULES_INVALID') {
        this.#reading.dropOwnRules();
        this.#of.next.schedule(0);
      }
      throw error;
    }
  }

  /** Applies the current config and detection rules. */
  reload(): void {
    this.#reading.reload();
    this.#perception.timeouts = timeouts(this.#of.app);
  }

  /** Nothing is asked of the screen any more. */
  close(): void {
    this.#limits.close();
  }

  /** Resolves when a task that is being typed is typed to its end. */
  async settled(): Promise<void> {
    await this.#task.close();
  }

  #observe(screen: Screen): void {
    const { app, session, pane, next, onFault } = this.#of;
    const worker = this.#of.stream().catchUp();
    if (!worker.state || !worker.alive) return;
    const now = monotonic();
    const { raw, snapshot } = this.#reading.take(screen, now);
    const perceived = this.#bounded.perceive(worker.state, snapshot, now);
    recordSeen(perceived, { app, session, record: (command) => this.#record(command) });
    const isTaken = this.#limits.take(worker.state, { raw, snapshot, observation: perceived.observation });
    if (perceived.observation && !isTaken) {
      if (perceived.observation.event === 'idle') this.#reading.rest();
      // A process that waits for this event may read the transcript at once.
      pane().settle();
      this.#report(perceived.observation, raw).catch(onFault);
    }
    next.schedule(perceived.recheckInMs);
    this.#identify();
    // A watcher that was killed may have recorded that the worker is idle without delivering the task.
    const isIdle = snapshot.classification.label === 'idle' && worker.state === 'IDLE';
    const isAtPrompt = isIdle || (perceived.observation?.event === 'idle' && !isTaken);
    if (!worker.promptDelivered) this.#task.consider({ screen, classification: raw, isAtPrompt });
  }

  /** An agent names its conversation when it likes, often after its last screen for a while. */
  #identify(): void {
    const again = this.#conversation.consider();
    if (again !== null) this.#of.next.atLatest(again);
  }

  /** Records the observation. A startup dialog that the user's config answers is answered instead. */
  async #report(observation: Observation, classification: Classification): Promise<void> {
    if (!(await this.#startup.answer(classification))) this.#record({ kind: 'observe', ...observation });
  }

  #record(command: WorkerCommand): LedgerEvent[] | null {
    return this.#of.stream().recordUnlessRejected(command);
  }

  #onUndelivered(error: unknown): void {
    this.#of.onFault(error);
    if (isUnwritten(error)) this.#of.next.schedule(RETRY_MS);
  }
}

/** How long the screens of workers must be quiet, by the current config. */
const timeouts = ({ config }: AppContext): Timeouts => ({
  idleMs: IDLE_MS,
  unknownMs: config.runtime.tmux.idle_seconds * 1000,
});
