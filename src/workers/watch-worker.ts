import { createHash } from 'node:crypto';
import { workerStream } from '../machines/worker.ts';
import type { SessionRow } from '../projections/session-queries.ts';
import type { Provider } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';
import { type Judgement, judge } from '../terminal/detection/judge.ts';
import { builtinRules, loadRules } from '../terminal/detection/load.ts';
import type { RuleSet } from '../terminal/detection/rule-set.ts';
import { type PaneExit, type PaneWatch, watchPane } from '../terminal/pane-watch.ts';
import { findResult, hasResult } from '../terminal/result-marker.ts';
import type { Screen } from '../terminal/screen.ts';
import { submitBuffer } from '../terminal/submit.ts';
import { artifactPaths } from '../workspace/artifacts.ts';
import { writePrivateFile } from '../workspace/private-files.ts';
import { LineRedactor, redact, redactDeep } from '../workspace/redaction.ts';
import type { House } from './house.ts';
import { Perception } from './perception.ts';
import { recordIfNews, workerOf } from './record.ts';
import { sentTexts } from './sent-texts.ts';
import { spawnRequest } from './spawn-request.ts';

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
  #pane: PaneWatch | null = null;
  #sent: string;
  #heardUpTo = 0;
  #lookAgain: NodeJS.Timeout | null = null;
  #delivering = false;
  #ended = false;

  constructor(house: House, session: SessionRow) {
    this.id = session.id;
    this.#house = house;
    this.#session = session;
    this.#provider = providerNamed(house.config, session.provider_id);
    this.#rules = loadRules(this.#provider.rules, [builtinRules(), house.paths.detectors]);
    const unknownMs = house.config.runtime.tmux.idle_seconds * 1000;
    this.#perception = new Perception(Date.now(), { idleMs: IDLE_MS, unknownMs });
    this.#sent = sentTexts(house, session);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when the pane is being read. */
  async start(): Promise<void> {
    this.#resume();
    const { tmux } = this.#house;
    this.#pane = await watchPane({
      tmux,
      session: this.#session.tmux_session,
      paneId: this.#session.tmux_pane,
      transcriptPath: this.#session.transcript_path,
      redaction: { lines: () => new LineRedactor(), text: redact },
      onScreen: (screen) => this.#look(screen),
      onExit: (exit) => this.#exited(exit),
      onGone: () => this.#gone(),
    });
  }

  /** Leaves the worker alone; what was printed is in the transcript. */
  async close(): Promise<void> {
    if (this.#lookAgain) clearTimeout(this.#lookAgain);
    await this.#pane?.close();
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
      }
      if (event.type === 'worker.terminated' || event.type === 'worker.lost') this.#ended = true;
    }
  }

  /** What earlier watchers have told already is no news. */
  #resume(): void {
    const stream = workerStream(this.id);
    for (const event of this.#house.ledger.events({ stream })) {
      this.#heardUpTo = event.position;
      if (event.type === 'worker.transitioned' && event.data.observe_event === 'completed') {
        this.#perception.resume(event.data.evidence[0] ?? '');
      }
    }
  }

  #look(screen: Screen): void {
    if (this.#ended) return;
    this.hear();
    const worker = workerOf(this.#house, this.id);
    if (!worker.state || !worker.alive) return;
    const judgement = judge(screen, this.#rules, { echo: this.#sent });
    const seen = this.#perception.look(
      worker.state,
      {
        judgement,
        line: lineOf(judgement, screen, this.#pane?.scrolledLines ?? 0),
        result: this.#result(screen),
        content: contentOf(screen),
      },
      Date.now(),
    );
    if (seen.limit) this.#warnLimit(seen.limit);
    if (seen.observation) {
      recordIfNews(this.#house, this.id, { kind: 'observe', ...redactDeep(seen.observation) });
      if (!worker.promptDelivered && seen.observation.event === 'idle') void this.#deliver();
    }
    this.#schedule(seen.lookAgainIn);
  }

  #schedule(milliseconds: number | null): void {
    if (this.#lookAgain) clearTimeout(this.#lookAgain);
    this.#lookAgain = milliseconds === null ? null : setTimeout(() => this.#lookOnceMore(), milliseconds + 1);
  }

  #lookOnceMore(): void {
    if (!this.#pane) return;
    this.#pane.settle();
    this.#look(this.#pane.screen());
  }

  #warnLimit({ rule, evidence, warnings, resets_at_text }: Judgement): void {
    const told = redactDeep({
      rule: rule ?? warnings[0]?.rule ?? 'limit',
      evidence: evidence.length > 0 ? evidence.slice(-5) : warnings.map(({ text }) => text),
      resetsAtText: resets_at_text ?? warnings[0]?.resets_at_text ?? null,
    });
    recordIfNews(this.#house, this.id, { kind: 'warn_limit', ...told });
  }

  /** The task that waits in tmux's memory for the agent's first prompt. */
  async #deliver(): Promise<void> {
    const mode = spawnRequest(this.#house, this.id)?.initial_prompt_mode;
    if (this.#delivering || mode === undefined || mode === 'arg' || mode === 'provider_default') return;
    this.#delivering = true;
    const { delivery, chars } = await submitBuffer(
      this.#house.tmux,
      this.#session.tmux_pane,
      this.id,
      this.#provider.submit,
    );
    this.#perception.sent(Date.now());
    recordIfNews(this.#house, this.id, { kind: 'record_prompt', mode, delivery, chars });
  }

  /** The newest complete result on the screen or just above it, named so that the same one is known again. */
  #result(screen: Screen): string | null {
    if (!screen.rows.some(({ text }) => text.includes('AGENTPOOL_RESULT_END'))) return null;
    const lines = this.#pane?.recentLines() ?? [];
    const result = findResult(lines, { ignore: this.#sent });
    if (!result) return null;
    const count = lines.filter((line) => line.includes('AGENTPOOL_RESULT_END')).length;
    return `result ${createHash('sha256').update(result.raw).digest('hex').slice(0, 12)} (${count})`;
  }

  async #exited({ code, signal }: PaneExit): Promise<void> {
    this.#ended = true;
    const lines = this.#pane?.recentLines() ?? [];
    const result = hasResult(lines, { ignore: this.#sent }) ? 'present' : 'missing';
    await this.#keepLastScreen();
    await this.close();
    recordIfNews(this.#house, this.id, { kind: 'record_exit', code, signal, result });
    await this.#house.tmux.killSession(this.#session.tmux_session).catch(() => false);
  }

  async #gone(): Promise<void> {
    this.#ended = true;
    await this.#keepLastScreen();
    await this.close();
    const reason = 'its tmux session was ended by somebody else';
    if (!workerOf(this.#house, this.id).ending) recordIfNews(this.#house, this.id, { kind: 'lose', reason });
  }

  async #keepLastScreen(): Promise<void> {
    const rows = this.#pane?.screen().rows.map(({ text }) => text) ?? [];
    const { screen } = artifactPaths(this.#house.paths.artifacts, this.id);
    await writePrivateFile(screen, `${redact(rows.join('\n')).trimEnd()}\n`).catch(() => {});
  }
}

const contentOf = (screen: Screen): string => screen.rows.map(({ text }) => text).join('\n');

/** The line that a judgement rests on, counted from the first that was printed; null on a screen that is redrawn. */
function lineOf({ evidence }: Judgement, screen: Screen, scrolled: number): number | null {
  const last = evidence.at(-1);
  if (screen.alternate || last === undefined) return null;
  const row = screen.rows.findLastIndex(({ text }) => text.includes(last));
  return row === -1 ? null : scrolled + row;
}
