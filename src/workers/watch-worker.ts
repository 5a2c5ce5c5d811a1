import { createHash } from 'node:crypto';
import type { Delivery } from '../events/catalogue/words.ts';
import { workerStream } from '../machines/worker.ts';
import type { Observation } from '../machines/worker-commands.ts';
import type { SessionRow } from '../projections/session-queries.ts';
import type { Provider } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';
import type { SignalKind } from '../providers/signal-kinds.ts';
import { type Judgement, judge } from '../terminal/detection/judge.ts';
import { builtinRules, loadRules } from '../terminal/detection/load.ts';
import type { RuleSet } from '../terminal/detection/rule-set.ts';
import type { PaneExit } from '../terminal/pane-facts.ts';
import { PaneWatch } from '../terminal/pane-watch.ts';
import { findResult } from '../terminal/result-marker.ts';
import type { Screen } from '../terminal/screen.ts';
import { submitBuffer } from '../terminal/submit.ts';
import { artifactPaths } from '../workspace/artifacts.ts';
import { writePrivateFile } from '../workspace/private-files.ts';
import { LineRedactor, redact, redactDeep } from '../workspace/redaction.ts';
import { answerDialog } from './answer.ts';
import { type House, placeOf } from './house.ts';
import { launchFolder } from './launch-folder.ts';
import { recordLimit } from './limit-warning.ts';
import { pastOf } from './past.ts';
import { Perception, type SeenResult } from './perception.ts';
import { recordIfNews, workerOf } from './record.ts';
import { resultOf } from './result.ts';
import { sentTexts } from './sent-texts.ts';
import { SignalListener } from './signals/listen.ts';
import { spawnRequest } from './spawn-request.ts';
import { startupAnswer, startupWish } from './startup-answers.ts';

/** A working worker counts as idle once its screen has been quiet for so long: agents pause between two steps. */
const IDLE_MS = 1000;

/**
 * Watches one worker: reads its screens, appends what changes, keeps its transcript, delivers a task that waits for
 * its first prompt, records its exit. The watcher has one of these a worker; an observe without a watcher has one.
 */
export class WorkerWatch {
  readonly id: string;
  readonly #house: House;
  readonly #session: SessionRow;
  readonly #provider: Provider;
  readonly #rules: RuleSet;
  readonly #perception: Perception;
  readonly #pane: PaneWatch;
  readonly #signals: SignalListener;
  #followed: { close(): void } | null = null;
  readonly #onFault: (error: unknown) => void;
  #sent: string;
  #heardUpTo = 0;
  #lookAgain: NodeJS.Timeout | null = null;
  #delivering = false;
  #ending = false;
  #ended = false;

  /** `onFault` hears what went wrong while it was watched: nobody else would. */
  constructor(house: House, session: SessionRow, onFault: (error: unknown) => void = () => {}) {
    this.id = session.id;
    this.#house = house;
    this.#session = session;
    this.#provider = providerNamed(house.config, session.provider_id);
    this.#rules = loadRules(this.#provider.rules, [builtinRules(), house.paths.detectors]);
    const unknownMs = house.config.runtime.tmux.idle_seconds * 1000;
    this.#perception = new Perception(Date.now(), { idleMs: IDLE_MS, unknownMs });
    this.#sent = sentTexts(house, session);
    this.#onFault = onFault;
    this.#signals = new SignalListener(launchFolder(house, session.id), (signal) => {
      this.#perception.heard(signal, Date.now());
      this.#lookOnceMore();
    });
    this.#pane = new PaneWatch({
      tmux: house.tmux,
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
    const worker = { folder: launchFolder(this.#house, this.id), pid, place: placeOf(this.#house) };
    const give = (kind: SignalKind) => this.#signals.give(kind, Date.now());
    this.#followed = this.#provider.follow?.(worker, give) ?? null;
  }

  /** Leaves the worker alone; what was printed is in the transcript. */
  async close(): Promise<void> {
    if (this.#lookAgain) clearTimeout(this.#lookAgain);
    this.#signals.close();
    this.#followed?.close();
    await this.#pane.close();
  }

  /** Hears from the log what others have done to the worker: what was asked before they did it is answered. */
  hear(): void {
    const { ledger } = this.#house;
    const stream = workerStream(this.id);
    for (const event of ledger.events({ stream, from: this.#heardUpTo + 1 })) {
      this.#heardUpTo = event.position;
      if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
        this.#perception.sent(Date.now());
        this.#sent = sentTexts(this.#house, this.#session);
        // A worker that has answered by now may never change its screen again.
        this.#schedule(0);
      }
      if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
    }
  }

  #resume(): void {
    const events = this.#house.ledger.stream(workerStream(this.id));
    this.#heardUpTo = events.at(-1)?.position ?? 0;
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
    this.hear();
    const worker = workerOf(this.#house, this.id);
    if (!worker.state || !worker.alive) return;
    const raw = judge(screen, this.#rules, { echo: this.#sent });
    const judgement = redactDeep(raw);
    const seen = this.#perception.look(
      worker.state,
      {
        judgement,
        line: lineOf(raw, screen, this.#pane.scrolledLines),
        result: this.#result(screen),
        content: contentOf(screen),
      },
      Date.now(),
    );
    if (seen.limit) recordLimit(this.#house, this.#session, seen.limit);
    if (seen.retry === 'over') recordIfNews(this.#house, this.id, { kind: 'recover' });
    else if (seen.retry) {
      const { rule, text } = seen.retry;
      recordIfNews(this.#house, this.id, { kind: 'warn_retry', rule, evidence: [text] });
    }
    if (seen.observation) {
      // Whoever is told of it may look into the transcript at once.
      this.#pane?.settle();
      void this.#tell(seen.observation, raw);
    }
    // A watcher that was killed may have told that the worker is idle, and not come to what follows from it.
    const isAtPrompt = judgement.label === 'idle' && worker.state === 'IDLE';
    if (!worker.promptDelivered && (isAtPrompt || seen.observation?.event === 'idle'))
      this.#deliver().catch((error) => this.#onFault(error));
    this.#schedule(seen.lookAgainIn);
  }

  #schedule(milliseconds: number | null): void {
    if (this.#lookAgain) clearTimeout(this.#lookAgain);
    this.#lookAgain = milliseconds === null ? null : setTimeout(() => this.#lookOnceMore(), milliseconds + 1);
  }

  #lookOnceMore(): void {
    if (this.#ending) return;
    this.#pane.settle();
    this.#look(this.#pane.screen());
  }

  /** A dialog of its start that the user's config answers wakes nobody; no other one is ever answered from here. */
  async #tell(observation: Observation, judgement: Judgement): Promise<void> {
    const choice = startupAnswer(startupWish(this.#house.config, this.#provider.id), judgement);
    try {
      if (choice)
        return void (await answerDialog(this.#house, this.#session, {
          choice: String(choice.number),
          text: null,
        }));
    } catch (error) {
      this.#onFault(error);
    }
    recordIfNews(this.#house, this.id, { kind: 'observe', ...observation });
  }

  /** The task that waits in tmux's memory for the agent's first prompt. */
  async #deliver(): Promise<void> {
    const mode = spawnRequest(this.#house, this.id)?.initial_prompt_mode;
    if (this.#delivering || mode === undefined || mode === 'arg' || mode === 'provider_default') return;
    this.#delivering = true;
    try {
      this.#perception.sent(Date.now());
      const { delivery, chars } = await this.#typeTask();
      recordIfNews(this.#house, this.id, { kind: 'record_prompt', mode, delivery, chars });
    } finally {
      this.#delivering = false;
    }
    // What it has answered meanwhile was seen in a worker without a task.
    this.#lookOnceMore();
  }

  async #typeTask(): Promise<{ delivery: Delivery; chars: number }> {
    const { tmux } = this.#house;
    const { tmux_pane } = this.#session;
    // A watcher that was killed may have typed it and not have said so: twice would be worse than unproven.
    const isThere = bare(this.#pane.recentLines().join('')).includes(bare(this.#sent).slice(-60));
    const isKept = (await tmux.run(['list-buffers', '-F', '#{buffer_name}'])).split('\n').includes(this.id);
    if (isThere || !isKept) return { delivery: 'unproven', chars: this.#sent.length };
    return submitBuffer(tmux, tmux_pane, this.id, this.#provider.submit);
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
    const result = (await resultOf(this.#house, this.#session)) ? 'present' : 'missing';
    recordIfNews(this.#house, this.id, { kind: 'record_exit', code, signal, result });
    await this.#house.tmux.killSession(this.#session.tmux_session);
  }

  async #gone(): Promise<void> {
    if (workerOf(this.#house, this.id).ending) return;
    const reason = 'its tmux session was ended by somebody else';
    recordIfNews(this.#house, this.id, { kind: 'lose', reason });
  }

  async #keepLastScreen(): Promise<void> {
    const rows = this.#pane.screen().rows.map(({ text }) => text);
    const { screen } = artifactPaths(this.#house.paths.artifacts, this.id);
    await writePrivateFile(screen, `${redact(rows.join('\n')).trimEnd()}\n`);
  }
}

const RESULT_END = 'AGENTPOOL_RESULT_END';

const contentOf = (screen: Screen): string => screen.rows.map(({ text }) => text).join('\n');

/** The line that a judgement rests on, counted from the first that was printed; null on a screen that is redrawn. */
function lineOf({ evidence }: Judgement, screen: Screen, scrolled: number): number | null {
  const last = evidence.at(-1);
  if (screen.alternate || last === undefined) return null;
  const row = screen.rows.findLastIndex(({ text }) => text.includes(last));
  return row === -1 ? null : scrolled + row;
}

/** Boxes and blanks stand where a terminal breaks a text. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
