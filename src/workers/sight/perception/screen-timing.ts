import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { WorkerScreen } from '../seen.ts';

/** How long a program that was idle must go on printing before it counts as working again: a clock is no work. */
const RESUMED_MS = 1500;

/** How long a delivery may take until it is recorded; until then an idle screen says nothing. */
const DELIVERY_MS = 20_000;

/** How long a screen that has not changed since a message was sent says nothing about the answer. */
const REACTION_MS = 5000;

/**
 * Since when a worker's screen has shown what it shows, and whether it has changed since something was sent to the
 * worker: a screen that has not says nothing about the answer yet. Time is an argument.
 */
export class ScreenTiming {
  #content = '';
  #changedAt: number;
  #label = '';
  #labelSince: number;
  #sentAt: number | null = null;
  /** Whether the delivery of what was sent is not recorded yet. */
  #isDelivering = false;
  #answer = '';
  /** Null until the first screen at which an agent waits that got its task with its start. */
  #answerAtSend: string | null = '';
  /** What the cursor's row shows, and what it showed when the worker took its last message. */
  #prompt = '';
  #promptAtSend = '';
  /** When a screen that was at rest began to change. */
  #stirredAt: number | null = null;
  #lastState: WorkerState | null = null;

  constructor(now: number) {
    this.#changedAt = now;
    this.#labelSince = now;
  }

  /** When the screen changed last. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /** The label of the last screen. */
  get label(): string {
    return this.#label;
  }

  /** For how long the screen has had its label, in milliseconds. */
  labelledFor(now: number): number {
    return now - this.#labelSince;
  }

  get isBlank(): boolean {
    return this.#content.trim() === '';
  }

  /** Whether the agent's part of the screen has changed since something was sent. */
  get isAnswered(): boolean {
    return this.#answer !== this.#answerAtSend;
  }

  /** Whether the cursor is at the prompt at which the worker took its last message. */
  get isAtSamePrompt(): boolean {
    return this.#prompt !== '' && this.#prompt === this.#promptAtSend;
  }

  sent(now: number, isDelivering: boolean): void {
    this.#sentAt = now;
    this.#isDelivering = isDelivering;
    this.#answerAtSend = this.#answer;
    if (this.#lastState !== 'RUNNING') this.#promptAtSend = this.#prompt;
  }

  startedWithTask(now: number): void {
    this.#sentAt = now;
    this.#answerAtSend = null;
  }

  /** The outcome of what was sent is recorded. */
  delivered(now: number): void {
    if (this.#isDelivering && this.#sentAt !== null) this.#sentAt = now;
    this.#isDelivering = false;
  }

  /** What is shown from now on is shown for another reason. */
  restartLabel(now: number): void {
    this.#labelSince = now;
  }

  /** Takes the next screen of a worker in this state. */
  see(
    state: WorkerState,
    { content, answer = content, prompt = '', classification, motion }: WorkerScreen,
    now: number,
    { isWorking }: { isWorking: boolean },
  ): void {
    // A footer that ticks is not the agent's: a worker at rest comes to rest beside it.
    const drawn = motion?.drawn ?? content;
    if (drawn !== this.#content || classification.label !== this.#label || motion?.turnsInFooter) {
      if (state === 'IDLE' && now - this.#changedAt >= RESUMED_MS) this.#stirredAt = now;
      this.#content = drawn;
      this.#changedAt = now;
    }
    if (state !== 'IDLE') this.#stirredAt = null;
    this.#answer = answer;
    // Prompts may count: `In [2]:`.
    this.#prompt = prompt.trim().replace(/\d+/g, '0');
    this.#lastState = state;
    if (this.#answerAtSend === null && classification.label === 'idle') {
      this.#answerAtSend = answer;
      this.#sentAt = now;
    }
    const isAnswered = this.#answerAtSend !== null && this.isAnswered;
    if (this.#sentAt !== null && !this.#isDelivering && isAnswered && now > this.#sentAt) this.#sentAt = null;
    if (isWorking && !this.#isDelivering) this.#sentAt = null;
    if (classification.label === this.#label) return;
    this.#label = classification.label;
    this.#labelSince = now;
  }

  /** Milliseconds until the screen has been quiet for so long. */
  settledIn(quietMs: number, now: number): number {
    return Math.max(0, this.#changedAt + quietMs - now);
  }

  /** Milliseconds until the screen has been quiet for `quietMs`, and long enough to be a reaction to the last message. */
  quietIn(quietMs: number, now: number): number {
    const reactionMs = this.#isDelivering ? DELIVERY_MS : REACTION_MS;
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + reactionMs - now;
    return Math.max(reaction, this.settledIn(quietMs, now));
  }

  /** Milliseconds until a screen that was at rest has changed for so long that its program works; null if it does not. */
  resumedIn(now: number): number | null {
    if (this.#stirredAt === null || now - this.#changedAt >= RESUMED_MS) return null;
    return Math.max(0, this.#stirredAt + RESUMED_MS - now);
  }
}
