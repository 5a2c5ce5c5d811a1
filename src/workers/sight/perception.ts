import type { SignalKind } from '../../agents/contract/signal-kinds.ts';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification } from '../../terminal/detection/classify.ts';
import type { Past } from '../core/sessions/past.ts';
import { NearLimit } from './cut-short.ts';
import { Frozen, workOf } from './motion.ts';
import { quietObservation } from './quiet-observation.ts';
import { ReportedDialogs } from './reported-dialogs.ts';
import { Retries } from './retries.ts';
import {
  completed,
  dialogEventOf,
  effectiveLabel,
  eventOf,
  isAnswer,
  observationOf,
  readiness,
} from './screen-meaning.ts';
import {
  type Perceived,
  type SeenResult,
  type Snapshot,
  soonest,
  type Timeouts,
  type Verdict,
} from './seen.ts';
import { SeenLimits } from './seen-limits.ts';
import { SignalInbox } from './signals/inbox.ts';
import type { Signal } from './signals/spool.ts';
import { SLOWEST_START_MS } from './task-step.ts';

/** How long the prompt of a program that no rule knows must be shown again before it counts as idle. */
const PROMPT_MS = 2000;

/** How long a program that was idle must go on printing before it counts as working again: a clock is no work. */
const RESUMED_MS = 1500;

/** How long a new worker may take until it has its task, whatever its screen shows: task-step.ts decides on that. */
const FIRST_TASK_MS = 15_000;

/** The same while its screen is blank, with the same reserve. */
const FIRST_DRAWING_MS = SLOWEST_START_MS + 5000;

/** How long a delivery may take until it is recorded; until then an idle screen says nothing. */
const DELIVERY_MS = 20_000;

/** How long a screen must be quiet when a dialog is shown after an answer, or a bell has called for a person. */
const SETTLED_MS = 250;

/**
 * The same when the agent itself has signalled the end of its turn, or a screen that no rule knows is explained by a
 * signal. It is several frames of any agent: between two steps, some show a screen at rest for a frame.
 */
const SIGNALLED_MS = 100;

/** How long an agent may take to redraw its screen. */
const REDRAW_MS = 500;

/** How long a screen that has not changed since a message was sent says nothing about the answer. */
const REACTION_MS = 5000;

const NOTHING: Verdict = { observation: null, recheckInMs: null };
const later = (recheckInMs: number): Verdict => ({ observation: null, recheckInMs });
const report = (observation: Observation): Verdict => ({ observation, recheckInMs: null });

/**
 * Turns a worker's classified screens, one after the other, into observations. Questions and approvals are reported
 * at once; idle, error and a resumed turn only after they were shown long enough: agents pause, flicker and retry. A
 * dialog that was answered is not reported again while it is still shown. Time is an argument.
 */
export class Perception {
  /** May be replaced at any time: the next screen is compared with the new ones. */
  timeouts: Timeouts;
  /** Whether a shell has marked its prompt in the terminal: then a screen with a prompt is that shell's. */
  isAtShell = false;
  readonly #begun: number;
  #content = '';
  #changedAt: number;
  #label = '';
  #labelSince: number;
  #isDialog = false;
  readonly #limits = new SeenLimits();
  #resultReported: SeenResult | null = null;
  /** The result printed since the last message to the worker: what follows belongs to the same turn. */
  #finished: string | null = null;
  #isProven = true;
  readonly #near = new NearLimit();
  #sentAt: number | null = null;
  /** Whether the delivery of what was sent is not recorded yet. */
  #isDelivering = false;
  /** Whether a message waits for the end of the turn: the next one begins at once, and the screen rests between them. */
  #hasQueued = false;
  #answer = '';
  /** Null until the first screen at which an agent waits that got its task with its start. */
  #answerAtSend: string | null = '';
  /** What the cursor's row shows, and what it showed when the worker took its last message. */
  #prompt = '';
  #promptAtSend = '';
  /** When a screen that was at rest began to change. */
  #stirredAt: number | null = null;
  #lastState: WorkerState | null = null;
  readonly #dialogs = new ReportedDialogs();
  readonly #inbox = new SignalInbox();
  readonly #retries: Retries;
  readonly #frozen = new Frozen();
  /** Whether it was seen working since the last message to it. */
  #worked = false;

  constructor(now: number, timeouts: Timeouts) {
    this.timeouts = timeouts;
    this.#begun = now;
    this.#retries = new Retries(now);
    this.#changedAt = now;
    this.#labelSince = now;
  }

  /**
   * Something went to the worker: what the screen shows now is answered. `isDelivering`: a message, whose outcome
   * follows.
   */
  sent(now: number, { isDelivering = false } = {}): void {
    this.#dialogs.answer(now);
    this.#sentAt = now;
    this.#isDelivering = isDelivering;
    this.#answerAtSend = this.#answer;
    if (this.#lastState !== 'RUNNING') this.#promptAtSend = this.#prompt;
    this.#inbox.forget();
    this.#retries.forget();
    this.#frozen.forget(now);
    this.#finished = null;
    this.#near.forget();
    this.#worked = false;
  }

  /**
   * The worker has its task from its start. An agent may show its prompt for seconds before it begins: that is no end
   * of a turn.
   */
  startedWithTask(now: number): void {
    this.#sentAt = now;
    this.#answerAtSend = null;
  }

  /** The outcome of what was sent is recorded. `isQueued`: the agent keeps it for the end of its turn. */
  delivered(now: number, { isQueued = false } = {}): void {
    this.#hasQueued ||= isQueued;
    if (this.#isDelivering && this.#sentAt !== null) this.#sentAt = now;
    this.#isDelivering = false;
  }

  /** A signal of the agent itself about its turn. */
  onSignal(signal: Signal, now: number): void {
    this.#inbox.onSignal(signal, now);
  }

  /** Continues with a worker that an earlier process has watched. */
  resume({ result, finished, dialog, limit, retrying, frozen }: Past): void {
    if (frozen) this.#frozen.resume();
    this.#finished = finished ? result : null;
    if (retrying !== null) this.#retries.resume(retrying);
    this.#resultReported = result === null ? null : { name: result, count: Number.POSITIVE_INFINITY };
    this.#dialogs.resume(dialog);
    if (limit) this.#limits.resume(limit, this.#changedAt);
  }

  /** Takes the next screen of a worker in this state. If its state is not asked for, the next screen says more. */
  perceive(state: WorkerState, snapshot: Snapshot, now: number, { isStateAsked = true } = {}): Perceived {
    if (isStateAsked) this.#track(state, snapshot, now);
    const limit = this.#limits.isNew(snapshot.classification, now) ? snapshot.classification : null;
    const { observation, recheckInMs } = isStateAsked ? this.#classify(state, snapshot, now) : NOTHING;
    const limitOver = isAnswer(observation, snapshot.classification) && this.#limits.answered();
    if (observation && observation.event !== 'screen_changed') this.#retries.forget();
    if (observation?.event === 'idle' || observation?.event === 'completed') this.#hasQueued = false;
    if (observation || state !== 'RUNNING' || effectiveLabel(snapshot.classification) !== 'working')
      return { observation, limit, limitOver, retry: null, recheckInMs };
    const retries = this.#retries.perceive(snapshot.classification, now);
    return {
      observation,
      limit,
      limitOver,
      retry: retries.news,
      recheckInMs: soonest(recheckInMs, retries.recheckInMs),
    };
  }

  #classify(state: WorkerState, snapshot: Snapshot, now: number): Verdict {
    const { classification, result } = snapshot;
    if (result && this.#isNewResult(result)) {
      this.#finished = result.name;
      this.#isProven = result.isProven ?? true;
      // Hooks may still run for a moment: that is not another turn.
      this.#labelSince = now;
      if (!this.#near.stopped(result)) return report(completed(result.name, classification, this.#isProven));
    }
    const dialogEvent = dialogEventOf(classification);
    if (dialogEvent) return this.#classifyDialog(dialogEvent, snapshot, now);
    const signalled = this.#classifySignalled(state, snapshot, now);
    if (signalled) return signalled;
    return this.#frozen.perceive(state, snapshot, now) ?? this.#classifyRest(state, snapshot, now);
  }

  /** What a signal says of a screen that no rule knows, once that has settled: half a dialog is none. */
  #classifySignalled(state: WorkerState, snapshot: Snapshot, now: number): Verdict | null {
    const { classification, motion } = snapshot;
    // While the agent draws, no dialog waits for an answer.
    if ((motion?.work.length ?? 0) > 0 || !this.#inbox.explains(classification.label, now)) return null;
    const wait = this.#settledIn(SIGNALLED_MS, now);
    if (wait > 0) return later(wait);
    const signalled = this.#inbox.instead(classification.label, now);
    if (!signalled || (signalled.event === 'screen_changed' && state === 'RUNNING')) return null;
    // An agent says that it is idle as soon as it runs: a worker that has no task yet has no turn to end.
    if (signalled.event === 'idle' && state === 'READY') return null;
    const cutShort = signalled.event === 'idle' ? this.#cutShort(snapshot) : null;
    if (cutShort) return report(cutShort);
    const readiness = signalled.event === 'idle' ? 'turn_ended' : null;
    return report({
      ...observationOf(signalled.event, classification),
      ...signalled,
      source: 'signal',
      readiness,
    });
  }

  /** The end of a turn that the agent cut short because its limit was near; null for any other end. */
  #cutShort({ classification, content }: Snapshot): Observation | null {
    if (!this.#worked || classification.label !== 'idle') return null;
    const wasAsked = this.#resultReported === null;
    const evidence = this.#near.cutShort({ classification, content, result: this.#finished, wasAsked });
    return evidence && { ...observationOf('idle', classification), evidence, readiness: 'cut_short' };
  }

  #classifyDialog(event: ObserveEvent, snapshot: Snapshot, now: number): Verdict {
    // Right after an answer, the screen may still show the old dialog.
    const wait = this.#dialogs.isJustAnswered(now) ? this.#settledIn(SETTLED_MS, now) : 0;
    if (wait > 0) return later(wait);
    return this.#dialogs.isNew(snapshot) ? report(observationOf(event, snapshot.classification)) : NOTHING;
  }

  /** A screen without a dialog: it has to be shown for a while, or the agent has to signal the same. */
  #classifyRest(state: WorkerState, snapshot: Snapshot, now: number): Verdict {
    const { classification, atRest } = snapshot;
    const work = workOf(state, snapshot);
    const isOver = state === 'COMPLETED' || state === 'FAILED';
    // Its last motion may have been the last thing that the program prints.
    if (work && (!isOver || now - this.#labelSince >= this.timeouts.idleMs))
      return { observation: work, recheckInMs: this.timeouts.idleMs };
    if (classification.label === 'unknown' && state !== 'READY')
      return this.#classifyUnknown(state, classification, atRest, now);
    const end = this.#endSignal(state, classification, now);
    const settledMs = end === 'turn_ended' && !this.#hasQueued ? SIGNALLED_MS : SETTLED_MS;
    const wait = end ? this.#settledIn(settledMs, now) : this.#due(state, classification, now);
    if (wait === null) return NOTHING;
    if (wait > 0) return later(wait);
    const cutShort = this.#cutShort(snapshot);
    if (cutShort) return report(cutShort);
    if (this.#finished !== null && effectiveLabel(classification) === 'idle')
      return report(completed(this.#finished, classification, this.#isProven));
    const seen = observationOf(eventOf(classification), classification);
    if (this.#isShell(classification))
      return report({ ...seen, warnings: ['its program has left the terminal to a shell'] });
    if (seen.event !== 'idle') return report(seen);
    const bySignal = end ? { source: 'signal' as const, rule: end } : {};
    return report({ ...seen, ...bySignal, readiness: readiness(state, classification) });
  }

  /** A screen that no rule knows, of a worker that has its task. */
  #classifyUnknown(
    state: WorkerState,
    classification: Classification,
    atRest: Snapshot['atRest'],
    now: number,
  ): Verdict {
    if (state === 'RUNNING') {
      const isAnswered = this.#answer !== this.#answerAtSend;
      const isPrompt = this.#prompt !== '' && this.#prompt === this.#promptAtSend;
      const hasPrompt = isPrompt && isAnswered && atRest === 'idle';
      const wait = this.#quietIn(
        hasPrompt ? Math.min(PROMPT_MS, this.timeouts.unknownMs) : this.timeouts.unknownMs,
        now,
      );
      if (wait > 0) return later(wait);
      return report(quietObservation(classification, { atRest, hasPrompt, quietMs: now - this.#changedAt }));
    }
    if (state !== 'IDLE' || atRest !== 'idle' || this.#stirredAt === null) return NOTHING;
    const isMoving = now - this.#changedAt < RESUMED_MS;
    if (!isMoving) return NOTHING;
    const wait = this.#stirredAt + RESUMED_MS - now;
    return wait > 0
      ? later(wait)
      : report(observationOf('screen_changed', { ...classification, rule: 'printing' }));
  }

  #track(
    state: WorkerState,
    { content, answer = content, prompt = '', classification, motion }: Snapshot,
    now: number,
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
    const isAnswered = this.#answerAtSend !== null && answer !== this.#answerAtSend;
    if (this.#sentAt !== null && !this.#isDelivering && isAnswered && now > this.#sentAt) this.#sentAt = null;
    this.#near.see(classification);
    if (effectiveLabel(classification) === 'working') {
      this.#worked = true;
      if (!this.#isDelivering) this.#sentAt = null;
    }
    if (this.#hasLeft(classification, now)) this.#dialogs.forget();
    const isDialog = dialogEventOf(classification) !== null;
    // What is drawn after a rest is a new one, and no rest of the one that was answered.
    if (isDialog && !this.#isDialog && now - this.#labelSince >= REDRAW_MS) this.#dialogs.wereGone();
    this.#isDialog = isDialog;
    if (classification.label !== this.#label) {
      this.#label = classification.label;
      this.#labelSince = now;
    }
  }

  /**
   * Whether the reported dialog is gone, so that the same text is a new question. No rule matches a screen that is
   * half drawn: a dialog whose pointer moves is not gone.
   */
  #hasLeft(classification: Classification, now: number): boolean {
    if (dialogEventOf(classification))
      return this.#label === 'unknown' && now - this.#labelSince >= REDRAW_MS;
    return classification.label !== 'unknown';
  }

  #isNewResult(result: SeenResult): boolean {
    const lastResult = this.#resultReported;
    this.#resultReported = result;
    const names = [result.name, result.formerName];
    return lastResult === null || !names.includes(lastResult.name) || lastResult.count < result.count;
  }

  /** Milliseconds until this label may be reported in this state; null if it is not to be reported. */
  #due(state: WorkerState, classification: Classification, now: number): number | null {
    const { idleMs, unknownMs } = this.timeouts;
    const over = state === 'COMPLETED' || state === 'FAILED';
    switch (effectiveLabel(classification)) {
      case 'working':
        // At a limit, a client that tries again does not work yet.
        if (state === 'RUNNING' || (state === 'PARKED' && classification.continues_itself)) return null;
        return over ? Math.max(0, this.#labelSince + idleMs - now) : 0;
      case 'idle':
      case 'limit':
        return state === 'IDLE' || state === 'PARKED' || over ? null : this.#quietIn(idleMs, now);
      case 'error':
        return over ? null : this.#quietIn(idleMs, now);
      default:
        if (this.#isShell(classification) && state === 'RUNNING') return this.#quietIn(idleMs, now);
        return state === 'READY'
          ? Math.max(this.#quietIn(unknownMs, now), this.#begun + this.#firstTaskMs() - now)
          : null;
    }
  }

  /** A prompt of a shell on the screen may be a quotation; one that the shell itself has marked is none. */
  #isShell({ label }: Classification): boolean {
    return label === 'exited' && this.isAtShell;
  }

  /**
   * The signal that ended the turn, if the screen also shows the worker idle after work: then a short wait is enough.
   * Codex gives the same signal for the thread that makes a title, before the turn shows on the screen.
   */
  #endSignal(state: WorkerState, classification: Classification, now: number): SignalKind | null {
    if (state !== 'RUNNING' || !this.#worked || effectiveLabel(classification) !== 'idle') return null;
    return this.#inbox.end(now);
  }

  #firstTaskMs(): number {
    return this.#content.trim() === '' ? FIRST_DRAWING_MS : FIRST_TASK_MS;
  }

  /** Milliseconds until the screen has been quiet for so long. */
  #settledIn(quietMs: number, now: number): number {
    return Math.max(0, this.#changedAt + quietMs - now);
  }

  /** Milliseconds until the screen has been quiet for `quietMs`, and long enough to be a reaction to the last message. */
  #quietIn(quietMs: number, now: number): number {
    const reactionMs = this.#isDelivering ? DELIVERY_MS : REACTION_MS;
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + reactionMs - now;
    return Math.max(0, reaction, this.#inbox.holdsIdle(now), this.#changedAt + quietMs - now);
  }
}
