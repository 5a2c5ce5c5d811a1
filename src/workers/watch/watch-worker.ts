import type { RunnableAgent } from '../../agents/contract/launch.ts';
import type { SignalKind } from '../../agents/contract/signal-kinds.ts';
import { runnableAgent } from '../../agents/registry.ts';
import { screenRules } from '../../agents/screen-rules.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import type { Observation, WorkerCommand } from '../../machines/worker/commands.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Classification } from '../../terminal/detection/classify.ts';
import type { RuleSet } from '../../terminal/detection/rule-set.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import type { PaneExit } from '../../terminal/tmux/pane-facts.ts';
import { PaneWatch } from '../../terminal/tmux/pane-watch.ts';
import { artifactPaths } from '../../workspace/artifacts.ts';
import { LineRedactor, redact } from '../../workspace/redaction/redaction.ts';
import { answerDialog } from '../commands/answer.ts';
import { resultOf } from '../commands/result.ts';
import { startupAnswer, startupOptions } from '../commands/startup-answers.ts';
import { type AppContext, placeOf } from '../core/context.ts';
import { launchFolder } from '../core/launch-folder.ts';
import { pastOf } from '../core/past.ts';
import { WorkerStream } from '../core/record.ts';
import { SentTexts } from '../core/sent-texts.ts';
import { Perception, type Timeouts } from '../sight/perception.ts';
import { SignalListener } from '../sight/signals/listen.ts';
import { isTypedLater, typeTask } from './first-task.ts';
import { recordLimit } from './limit-warning.ts';
import { snapshotOf } from './snapshot.ts';

/** How long the screen of a working worker must be quiet before it counts as idle: agents pause between two steps. */
const IDLE_MS = 1000;

/**
 * Watches one worker: reads its screens, appends what changes, writes its transcript, delivers a task that waits for
 * its first prompt, records its exit. The watcher has one per worker; an observe without a watcher has one.
 */
export class WorkerWatch {
  readonly id: string;
  readonly #app: AppContext;
  readonly #session: SessionRow;
  readonly #stream: WorkerStream;
  readonly #sent = new SentTexts();
  readonly #perception: Perception;
  readonly #pane: PaneWatch;
  readonly #signals: SignalListener;
  readonly #onFault: (error: unknown) => void;
  #agent: RunnableAgent;
  #rules: RuleSet;
  /** The events before this watch began; null once it has resumed from them. */
  #past: LedgerEvent[] | null = [];
  #followed: { close(): void } | null = null;
  #recheck: NodeJS.Timeout | null = null;
  #started = false;
  #delivering = false;
  #ending = false;
  #ended = false;

  /** `onFault` receives the errors that occur while the worker is watched. */
  constructor(
    app: AppContext,
    session: SessionRow,
    agent: RunnableAgent,
    onFault: (error: unknown) => void = () => {},
  ) {
    this.id = session.id;
    this.#app = app;
    this.#session = session;
    this.#onFault = onFault;
    this.#agent = agent;
    this.#rules = this.#validRules() ?? screenRules(agent.id, null);
    this.#perception = new Perception(Date.now(), timeouts(app));
    this.#stream = new WorkerStream(app, session.id, (event) => this.#onEvent(event));
    this.#signals = new SignalListener(launchFolder(app, session.id), (signal) => {
      this.#perception.onSignal(signal, Date.now());
      this.#lookAgain();
    });
    this.#pane = new PaneWatch({
      tmux: app.tmux,
      session: session.tmux_session,
      paneId: session.tmux_pane,
      transcriptPath: session.transcript_path,
      redaction: { lines: () => new LineRedactor(), text: redact },
      onScreen: (screen) => this.#onScreen(screen),
      onExit: (exit) => void this.#end(() => this.#recordExit(exit)),
      onGone: () => void this.#end(() => this.#recordLoss()),
      onBell: () => this.#signals.ring(Date.now()),
    });
  }

  /** Whether everything about this worker has been recorded. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when the pane is being read. @throws what tmux throws. */
  async start(): Promise<void> {
    this.#stream.catchUp();
    this.#perception.resume(pastOf(this.#past ?? [], new Date()));
    this.#past = null;
    await this.#pane.start();
    this.#started = true;
    if (this.#signals.start()) this.#followAgent();
  }

  /** Stops watching and does not touch the worker; what was printed is in the transcript. */
  async close(): Promise<void> {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#signals.close();
    this.#followed?.close();
    await this.#pane.close();
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

  /** Follows signals that the agent gives in another way than by hooks. */
  #followAgent(): void {
    const { pane_pid: pid } = this.#session;
    if (pid === null) return;
    const worker = { folder: launchFolder(this.#app, this.id), pid, place: placeOf(this.#app) };
    const give = (kind: SignalKind) => this.#signals.give(kind, Date.now());
    this.#followed = this.#agent.follow?.(worker, give) ?? null;
  }

  #onEvent(event: LedgerEvent): void {
    this.#sent.add(event);
    if (this.#past) {
      this.#past.push(event);
      return;
    }
    if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
      this.#perception.sent(Date.now());
      // A worker that has answered by now may never change its screen again.
      this.#schedule(0);
    }
    if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
  }

  #onScreen(screen: Screen): void {
    try {
      this.#observe(screen);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #observe(screen: Screen): void {
    if (this.#ending || this.#ended || this.#past) return;
    const worker = this.#stream.catchUp();
    if (!worker.state || !worker.alive) return;
    const view = { pane: this.#pane, rules: this.#rules, sent: `${this.#sent}` };
    const { raw, snapshot } = snapshotOf(screen, view);
    const perceived = this.#perception.perceive(worker.state, snapshot, Date.now());
    if (perceived.limit)
      recordLimit(this.#app, this.#session, perceived.limit, (command) => this.#record(command));
    if (perceived.retry === 'over') this.#record({ kind: 'recover' });
    else if (perceived.retry) {
      const { rule, text } = perceived.retry;
      this.#record({ kind: 'warn_retry', rule, evidence: [text] });
    }
    if (perceived.observation) {
      // A process that waits for this event may read the transcript at once.
      this.#pane.settle();
      this.#report(perceived.observation, raw).catch(this.#onFault);
    }
    // A watcher that was killed may have recorded that the worker is idle without delivering the task.
    const isAtPrompt = snapshot.classification.label === 'idle' && worker.state === 'IDLE';
    if (!worker.promptDelivered && (isAtPrompt || perceived.observation?.event === 'idle'))
      this.#deliverTask().catch(this.#onFault);
    this.#schedule(perceived.recheckInMs);
  }

  #record(command: WorkerCommand): LedgerEvent[] | null {
    return this.#stream.recordUnlessRejected(command);
  }

  #schedule(milliseconds: number | null): void {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#recheck = milliseconds === null ? null : setTimeout(() => this.#lookAgain(), milliseconds + 1);
  }

  /** Reads the screen again although nothing was printed. */
  #lookAgain(): void {
    if (!this.#started || this.#ending) return;
    this.#pane.settle();
    this.#onScreen(this.#pane.screen());
  }

  /** Records the observation. A startup dialog that the user's config answers is answered instead. */
  async #report(observation: Observation, classification: Classification): Promise<void> {
    const choice = startupAnswer(startupOptions(this.#app.config, this.#agent.id), classification);
    try {
      if (choice)
        return void (await answerDialog(this.#app, this.#session, {
          choice: String(choice.number),
          text: null,
        }));
    } catch (error) {
      this.#onFault(error);
    }
    this.#record({ kind: 'observe', ...observation });
  }

  async #deliverTask(): Promise<void> {
    if (this.#delivering || !isTypedLater(this.#session)) return;
    this.#delivering = true;
    try {
      this.#perception.sent(Date.now());
      const { delivery, chars } = await typeTask({
        tmux: this.#app.tmux,
        session: this.#session,
        submit: this.#agent.submit,
        sent: `${this.#sent}`,
        recentLines: this.#pane.recentLines(),
      });
      const mode = this.#session.initial_prompt_mode;
      this.#record({ kind: 'record_prompt', mode, delivery, chars });
    } finally {
      this.#delivering = false;
    }
    // What it answered in the meantime was observed in a worker without a task.
    this.#lookAgain();
  }

  async #end(record: () => Promise<void>): Promise<void> {
    this.#ending = true;
    try {
      await this.#keepLastScreen();
      await this.close();
      await record();
    } catch (error) {
      // Not recorded: the next watch of this worker finds the same end.
      this.#onFault(error);
    }
    this.#ended = true;
  }

  async #recordExit({ code, signal }: PaneExit): Promise<void> {
    const result = (await resultOf(this.#app, this.#session)) ? 'present' : 'missing';
    this.#record({ kind: 'record_exit', code, signal, result });
    await this.#app.tmux.killSession(this.#session.tmux_session);
  }

  async #recordLoss(): Promise<void> {
    if (this.#stream.catchUp().ending) return;
    const reason = 'its tmux session was ended by another process';
    this.#record({ kind: 'lose', reason });
  }

  async #keepLastScreen(): Promise<void> {
    const rows = this.#pane.screen().rows.map(({ text }) => text);
    const { screen } = artifactPaths(this.#app.paths.artifacts, this.id);
    await writePrivateFile(screen, `${redact(rows.join('\n')).trimEnd()}\n`);
  }
}

const timeouts = ({ config }: AppContext): Timeouts => ({
  idleMs: IDLE_MS,
  unknownMs: config.runtime.tmux.idle_seconds * 1000,
});
