import type { Rehearsal } from '../../agents/contract/rehearsal.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { pollUntil } from '../../terminal/input/poll-until.ts';
import type { AppContext } from '../core/context.ts';
import { isSame } from '../sight/dialogs/dialog.ts';
import type { ScreenReading } from '../sight/look.ts';
import { knownOf, type RehearsedModel } from './model.ts';
import { SETTLED_MS, type Seen, seen } from './seen.ts';
import { isAnswered, type RehearsalStep, STEPS } from './steps.ts';
import { RehearsedWorker } from './worker.ts';

export interface Rehearsed {
  app: AppContext;
  model: RehearsedModel;
  provider: string;
  repo: string;
  lacks: NonNullable<Rehearsal['lacks']>;
  retriesSilently: boolean;
  /** How long each step may take, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** A step that was tried. */
export interface Tried extends Seen {
  step: RehearsalStep;
  /** Why it was begun in a fresh process of the agent; null if it went on in the one before. */
  fresh: string | null;
  state: string | null;
  /** The rows of its screen; of an agent that has ended, the last ones. */
  rows: readonly string[];
  /** The screen as drawn. */
  capture: { text: string; title: string } | null;
  ms: number;
}

/** How long a message may take to reach the model where it was not seen to be taken, in milliseconds. */
const UNSEEN_MS = 5000;
/** How many pages a dialog of one question may have. */
const MOST_PAGES = 3;

/** Leads an agent through its screens, step by step; a step that it lacks is left out. */
export class RehearsalOfAgent {
  readonly #given: Rehearsed;
  #worker: RehearsedWorker | null = null;
  /** How many exchanges there were when the last order was given. */
  #since = 0;

  constructor(given: Rehearsed) {
    this.#given = given;
  }

  async *steps(): AsyncGenerator<Tried> {
    for (const step of STEPS) {
      if (this.#given.lacks.includes(step.name)) continue;
      const tried = await this.#try(step);
      yield tried;
      this.#given.signal.throwIfAborted();
      // It ends at its start, and would do so at each step.
      if (tried.reading === null && this.#given.model.exchanges.length === 0) return;
    }
  }

  async end(): Promise<void> {
    await this.#worker?.end();
    this.#worker = null;
  }

  async #try(step: RehearsalStep): Promise<Tried> {
    const start = monotonic();
    const { fresh, remark } =
      step.name === 'interrupt'
        ? await this.#interrupt(step)
        : { fresh: await this.#begin(step), remark: null };
    const looked = await this.#seen(step);
    const capture = (await this.#worker?.capture()) ?? null;
    const rows = looked.reading?.rows ?? (await this.#worker?.lastRows()) ?? [];
    const state = this.#worker?.session.state ?? null;
    const after = looked.recognised ? await this.#after(step) : null;
    if (!looked.recognised) await this.#leave(step);
    const ms = Math.round(monotonic() - start);
    const why = after ?? looked.why ?? remark;
    const result = { ...looked, recognised: looked.recognised && after === null, why };
    return { ...result, step, fresh, state, rows, capture, ms };
  }

  #seen(step: RehearsalStep): Promise<Seen> {
    const worker = this.#worker;
    const { timeoutMs, signal, retriesSilently } = this.#given;
    return seen({
      step,
      known: () => this.#known(step),
      read: async () => (await worker?.read()) ?? null,
      state: () => worker?.session.state ?? '',
      timeoutMs,
      signal,
      retriesSilently,
    });
  }

  #known = (step: RehearsalStep) => knownOf(this.#given.model, step.order, this.#since);

  /** Gives the order: in the process that is there if it takes it, else in a fresh one. Returns why it is a fresh one. */
  async #begin(step: RehearsalStep): Promise<string | null> {
    const worker = this.#worker;
    if (worker === null) return this.#startWith(step, null);
    if (!(await this.#isAtPrompt(worker))) return this.#startWith(step, 'it was not seen at its prompt');
    this.#since = this.#given.model.exchanges.length;
    const reason = await worker.send(step.order);
    const arrived = () => this.#known(step).about.length > 0;
    if (await this.#until(this.#waitAfter(reason), async () => arrived())) return null;
    return this.#startWith(step, reason ?? 'the message did not arrive');
  }

  async #startWith(step: RehearsalStep, why: string | null): Promise<string | null> {
    const { app, provider, repo, model } = this.#given;
    await this.end();
    this.#since = model.exchanges.length;
    this.#worker = await RehearsedWorker.start(app, { provider, repo }, step.order);
    return why;
  }

  async #interrupt(step: RehearsalStep): Promise<{ fresh: string | null; remark: string | null }> {
    const isAtWork = () => this.#given.model.isAnswering() && this.#known(step).about.length > 0;
    const fresh = this.#worker !== null && isAtWork() ? null : await this.#begin(step);
    await this.#until(this.#given.timeoutMs, async () => isAtWork());
    const reason = (await this.#worker?.interrupt()) ?? null;
    return { fresh, remark: reason && `the interrupt was not seen to work: ${reason}` };
  }

  /** What users do next, after a step that was recognised; returns why that failed. */
  async #after(step: RehearsalStep): Promise<string | null> {
    if (step.name === 'question' || step.name === 'approval') return this.#answer(step);
    if (step.name === 'limit') await this.#leave(step);
    return null;
  }

  /** Takes the first choice of its dialog, and of the pages that follow, such as a review of the answers. */
  async #answer(step: RehearsalStep): Promise<string | null> {
    const worker = this.#worker;
    const isTaken = () => isAnswered(this.#known(step)) || this.#known(step).about.length > 1;
    let reason: string | null = null;
    for (let page = 0; page < MOST_PAGES && worker; page++) {
      const answered = await worker.dialog();
      reason = await worker.answer();
      const isElsewhere = async () => {
        const shown = await worker.dialog();
        return shown !== null && (answered === null || !isSame(answered, shown));
      };
      const isOver = async () => isTaken() || (await isElsewhere());
      if (!(await this.#until(this.#waitAfter(reason), isOver))) break;
      if (isTaken()) return null;
    }
    return `it was read right, and could not be answered: ${reason ?? 'the model got no answer'}`;
  }

  /** After a failed step, the next one begins in a fresh process, unless the agent is back at its prompt. */
  async #leave({ name }: RehearsalStep): Promise<void> {
    // An interrupt is the next step.
    if (name === 'working' && this.#given.model.isAnswering()) return;
    const reading = await this.#worker?.read();
    if (!reading || !atPrompt(reading) || this.#given.model.isAnswering()) await this.end();
  }

  /** What was seen to be taken reaches the model, however slow the machine is. */
  #waitAfter = (reason: string | null): number => (reason === null ? this.#given.timeoutMs : UNSEEN_MS);

  /** Waits for its prompt as long as its screen changes. */
  async #isAtPrompt(worker: RehearsedWorker): Promise<boolean> {
    let before = '';
    let changedAt = monotonic();
    let isThere = false;
    await this.#until(this.#given.timeoutMs, async () => {
      const reading = await worker.read();
      const drawn = reading?.rows.join('\n') ?? '';
      if (drawn !== before) changedAt = monotonic();
      before = drawn;
      isThere = atPrompt(reading);
      return isThere || reading === null || monotonic() - changedAt > SETTLED_MS;
    });
    return isThere;
  }

  async #until(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#given;
    const look = () => {
      signal.throwIfAborted();
      return holds();
    };
    return (await pollUntil(ms, look, Boolean)).done;
  }
}

/** A limit or a question in prose may be the last that the agent said; its prompt is there. */
const atPrompt = (reading: ScreenReading | null): boolean =>
  reading !== null &&
  reading.unread === null &&
  (['idle', 'limit', 'error'].includes(reading.classification.label) ||
    (reading.classification.label === 'question' && !reading.classification.choices?.length));
