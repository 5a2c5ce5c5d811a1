import { createHash } from 'node:crypto';
import type { RunnableAgent } from '../../agents/contract/launch.ts';
import type { SignalKind } from '../../agents/contract/signal-kinds.ts';
import { screenRules } from '../../agents/screen-rules.ts';
import type { Delivery } from '../../events/catalogue/words.ts';
import { writePrivateFile } from '../../lib/files/private-files.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type Classification, classify } from '../../terminal/detection/classify.ts';
import type { RuleSet } from '../../terminal/detection/rule-set.ts';
import { submitBuffer } from '../../terminal/input/submit.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import type { PaneExit } from '../../terminal/tmux/pane-facts.ts';
import { PaneWatch } from '../../terminal/tmux/pane-watch.ts';
import { findResult } from '../../terminal/transcript/result-marker.ts';
import { artifactPaths } from '../../workspace/artifacts.ts';
import { LineRedactor, redact, redactDeep } from '../../workspace/redaction/redaction.ts';
import { answerDialog } from '../commands/answer.ts';
import { resultOf } from '../commands/result.ts';
import { startupAnswer, startupOptions } from '../commands/startup-answers.ts';
import { type AppContext, placeOf } from '../core/context.ts';
import { launchFolder } from '../core/launch-folder.ts';
import { pastOf } from '../core/past.ts';
import { recordUnlessRejected, workerOf } from '../core/record.ts';
import { sentTexts } from '../core/sent-texts.ts';
import { spawnRequest } from '../core/spawn-request.ts';
import { Perception, type SeenResult } from '../sight/perception.ts';
import { SignalListener } from '../sight/signals/listen.ts';
import { recordLimit } from './limit-warning.ts';

/** A working worker counts as idle once its screen has been quiet for so long: agents pause between two steps. */
const IDLE_MS = 1000;

/**
 * Watches one worker: reads its screens, appends what changes, keeps its transcript, delivers a task that waits for
 * its first prompt, records its exit. The watcher has one of these a worker; an observe without a watcher has one.
 */
export class WorkerWatch {
  readonly id: string;
  readonly #app: AppContext;
  readonly #session: SessionRow;
  readonly #agent: RunnableAgent;
  readonly #rules: RuleSet;
  readonly #perception: Perception;
  readonly #pane: PaneWatch;
  readonly #signals: SignalListener;
  #followed: { close(): void } | null = null;
  readonly #onFault: (error: unknown) => void;
  #sent: string;
  #receivedUpTo = 0;
  #recheck: NodeJS.Timeout | null = null;
  #delivering = false;
  #ending = false;
  #ended = false;

  /** `onFault` hears what went wrong while it was watched: nobody else would. */
  constructor(
    app: AppContext,
    session: SessionRow,
    agent: RunnableAgent,
    onFault: (error: unknown) => void = () => {},
  ) {
    this.id = session.id;
    this.#app = app;
    this.#session = session;
    this.#agent = agent;
    this.#rules = screenRules(agent.id, app.paths.detectors);
    const unknownMs = app.config.runtime.tmux.idle_seconds * 1000;
    this.#perception = new Perception(Date.now(), { idleMs: IDLE_MS, unknownMs });
    this.#sent = sentTexts(app, session);
    this.#onFault = onFault;
    this.#signals = new SignalListener(launchFolder(app, session.id), (signal) => {
      this.#perception.received(signal, Date.now());
      this.#pollOnceMore();
    });
    this.#pane = new PaneWatch({
      tmux: app.tmux,
      session: session.tmux_session,
      paneId: session.tmux_pane,
      transcriptPath: session.transcript_path,
      redaction: { lines: () => new LineRedactor(), text: redact },
      onScreen: (screen) => this.#look(screen),
      onExit: (exit) => void this.#end(() => this.#exited(exit)),
      onGone: () => void this.#end(() => this.#gone()),
      onBell: () => this.#signals.ring(Date.now()),
    });
  }

  /** What is there to know of this worker has been recorded. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when the pane is being read. Throws what tmux throws. */
  async start(): Promise<void> {
    this.#resume();
    await this.#pane.start();
    if (this.#signals.start()) this.#follow();
  }

  /** What the agent tells of itself beside its hooks. */
  #follow(): void {
    const { pane_pid: pid } = this.#session;
    if (pid === null) return;
    const worker = { folder: launchFolder(this.#app, this.id), pid, place: placeOf(this.#app) };
    const give = (kind: SignalKind) => this.#signals.give(kind, Date.now());
    this.#followed = this.#agent.follow?.(worker, give) ?? null;
  }

  /** Leaves the worker alone; what was printed is in the transcript. */
  async close(): Promise<void> {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#signals.close();
    this.#followed?.close();
    await this.#pane.close();
  }

  /** Hears from the log what others have done to the worker: what was asked before they did it is answered. */
  onAppended(): void {
    const { ledger } = this.#app;
    const stream = workerStream(this.id);
    for (const event of ledger.events({ stream, from: this.#receivedUpTo + 1 })) {
      this.#receivedUpTo = event.position;
      if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
        this.#perception.sent(Date.now());
        this.#sent = sentTexts(this.#app, this.#session);
        // A worker that has answered by now may never change its screen again.
        this.#schedule(0);
      }
      if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
    }
  }

  #resume(): void {
    const events = this.#app.ledger.stream(workerStream(this.id));
    this.#receivedUpTo = events.at(-1)?.position ?? 0;
    this.#perception.resume(pastOf(events, new Date()));
  }

  #look(screen: Screen): void {
    try {
      this.#perceive(screen);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #perceive(screen: Screen): void {
    if (this.#ending || this.#ended) return;
    this.onAppended();
    const worker = workerOf(this.#app, this.id);
    if (!worker.state || !worker.alive) return;
    const raw = classify(screen, this.#rules, { echo: this.#sent });
    const classification = redactDeep(raw);
    const seen = this.#perception.look(
      worker.state,
      {
        classification,
        line: lineOf(raw, screen, this.#pane.scrolledLines),
        result: this.#result(screen),
        content: contentOf(screen),
      },
      Date.now(),
    );
    if (seen.limit) recordLimit(this.#app, this.#session, seen.limit);
    if (seen.retry === 'over') recordUnlessRejected(this.#app, this.id, { kind: 'recover' });
    else if (seen.retry) {
      const { rule, text } = seen.retry;
      recordUnlessRejected(this.#app, this.id, { kind: 'warn_retry', rule, evidence: [text] });
    }
    if (seen.observation) {
      // Whoever is told of it may look into the transcript at once.
      this.#pane?.settle();
      void this.#report(seen.observation, raw);
    }
    // A watcher that was killed may have told that the worker is idle, and not come to what follows from it.
    const isAtPrompt = classification.label === 'idle' && worker.state === 'IDLE';
    if (!worker.promptDelivered && (isAtPrompt || seen.observation?.event === 'idle'))
      this.#deliver().catch((error) => this.#onFault(error));
    this.#schedule(seen.recheckInMs);
  }

  #schedule(milliseconds: number | null): void {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#recheck = milliseconds === null ? null : setTimeout(() => this.#pollOnceMore(), milliseconds + 1);
  }

  #pollOnceMore(): void {
    if (this.#ending) return;
    this.#pane.settle();
    this.#look(this.#pane.screen());
  }

  /** A dialog of its start that the user's config answers wakes nobody; no other one is ever answered from here. */
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
    recordUnlessRejected(this.#app, this.id, { kind: 'observe', ...observation });
  }

  /** The task that waits in tmux's memory for the agent's first prompt. */
  async #deliver(): Promise<void> {
    const mode = spawnRequest(this.#app, this.id)?.initial_prompt_mode;
    if (this.#delivering || mode === undefined || mode === 'arg' || mode === 'provider_default') return;
    this.#delivering = true;
    try {
      this.#perception.sent(Date.now());
      const { delivery, chars } = await this.#typeTask();
      recordUnlessRejected(this.#app, this.id, { kind: 'record_prompt', mode, delivery, chars });
    } finally {
      this.#delivering = false;
    }
    // What it has answered meanwhile was seen in a worker without a task.
    this.#pollOnceMore();
  }

  async #typeTask(): Promise<{ delivery: Delivery; chars: number }> {
    const { tmux } = this.#app;
    const { tmux_pane } = this.#session;
    // A watcher that was killed may have typed it and not have said so: twice would be worse than unproven.
    const isThere = bare(this.#pane.recentLines().join('')).includes(bare(this.#sent).slice(-60));
    const isKept = (await tmux.run(['list-buffers', '-F', '#{buffer_name}'])).split('\n').includes(this.id);
    if (isThere || !isKept) return { delivery: 'unproven', chars: this.#sent.length };
    return submitBuffer(tmux, tmux_pane, this.id, this.#agent.submit);
  }

  /** The newest complete result on the screen or just above it. */
  #result(screen: Screen): SeenResult | null {
    if (!screen.rows.some(({ text }) => text.includes(RESULT_END))) return null;
    const lines = this.#pane.recentLines();
    const result = findResult(lines, { ignore: this.#sent });
    if (!result) return null;
    const hash = createHash('sha256').update(result.raw).digest('hex').slice(0, 12);
    return { name: `result ${hash}`, count: lines.filter((line) => line.includes(RESULT_END)).length };
  }

  async #end(record: () => Promise<void>): Promise<void> {
    this.#ending = true;
    try {
      await this.#keepLastScreen();
      await this.close();
      await record();
    } catch (error) {
      // Not recorded: who watches this worker next finds the same end.
      this.#onFault(error);
    }
    this.#ended = true;
  }

  async #exited({ code, signal }: PaneExit): Promise<void> {
    const result = (await resultOf(this.#app, this.#session)) ? 'present' : 'missing';
    recordUnlessRejected(this.#app, this.id, { kind: 'record_exit', code, signal, result });
    await this.#app.tmux.killSession(this.#session.tmux_session);
  }

  async #gone(): Promise<void> {
    if (workerOf(this.#app, this.id).ending) return;
    const reason = 'its tmux session was ended by somebody else';
    recordUnlessRejected(this.#app, this.id, { kind: 'lose', reason });
  }

  async #keepLastScreen(): Promise<void> {
    const rows = this.#pane.screen().rows.map(({ text }) => text);
    const { screen } = artifactPaths(this.#app.paths.artifacts, this.id);
    await writePrivateFile(screen, `${redact(rows.join('\n')).trimEnd()}\n`);
  }
}

const RESULT_END = 'AGENTPOOL_RESULT_END';

const contentOf = (screen: Screen): string => screen.rows.map(({ text }) => text).join('\n');

/** The line that a judgement rests on, counted from the first that was printed; null on a screen that is redrawn. */
function lineOf({ evidence }: Classification, screen: Screen, scrolled: number): number | null {
  const last = evidence.at(-1);
  if (screen.alternate || last === undefined) return null;
  const row = screen.rows.findLastIndex(({ text }) => text.includes(last));
  return row === -1 ? null : scrolled + row;
}

/** Boxes and blanks stand where a terminal breaks a text. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
