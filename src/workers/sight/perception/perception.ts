import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { ObserveEvent, WorkerState } from '../../../events/catalogue/words.ts';
import type { Observation } from '../../../machines/worker/commands.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { Past } from '../../core/sessions/past.ts';
import { Frozen, workOf } from '../motion/motion.ts';
import {
  dialogEventOf,
  effectiveLabel,
  eventOf,
  isAnswer,
  observationOf,
  readiness,
} from '../screen-meaning.ts';
import { type Perceived, type StateVerdict, soonest, type Timeouts, type WorkerScreen } from '../seen.ts';
import { SignalInbox } from '../signals/inbox.ts';
import type { Signal } from '../signals/spool.ts';
import { NearLimit } from './cut-short.ts';
import { quietObservation } from './quiet-observation.ts';
import { reportDelay } from './report-delay.ts';
import { ReportedDialogs } from './reported-dialogs.ts';
import { ReportedResults } from './reported-results.ts';
import { Retries } from './retries.ts';
import { ScreenTiming } from './screen-timing.ts';
import { SeenLimits } from './seen-limits.ts';

/** How long the prompt of a program that no rule knows must be shown again before it counts as idle. */
const PROMPT_MS = 2000;

/** How long a screen must be quiet when a dialog is shown after an answer, or a bell has called for a person. */
const SETTLED_MS = 250;

/**
 * The same when the agent itself has signalled the end of its turn, or a screen that no rule knows is explained by a
 * signal. It is several frames of any agent: between two steps, some show a screen at rest for a frame.
 */
const SIGNALLED_MS = 100;

/** How long an agent may take to redraw its screen. */
const REDRAW_MS = 500;

const NOTHING: StateVerdict = { observation: null, recheckInMs: null };
const later = (recheckInMs: number): StateVerdict => ({ observation: null, recheckInMs });
const report = (observation: Observation): StateVerdict => ({ observation, recheckInMs: null });

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
  readonly #begunAt: number;
  readonly #timing: ScreenTiming;
  #isDialog = false;
  readonly #limits = new SeenLimits();
  readonly #results = new ReportedResults();
  readonly #near = new NearLimit();
  /** Whether a message waits for the end of the turn: the next one begins at once, and the screen rests between them. */
  #hasQueued = false;
  readonly #dialogs = new ReportedDialogs();
  readonly #inbox = new SignalInbox();
  readonly #retries: Retries;
  readonly #frozen = new Frozen();
  /** Whether it was seen working since the last message to it. */
  #worked = false;

  constructor(now: number, timeouts: Timeouts) {
    this.timeouts = timeouts;
    this.#begunAt = now;
    this.#retries = new Retries(now);
    this.#timing = new ScreenTiming(now);
  }

  /**
   * Something went to the worker: what the screen shows now is answered. `isDelivering`: a message, whose outcome
   * follows.
   */
  sent(now: number, { isDelivering = false } = {}): void {
    this.#dialogs.answer(now);
    this.#timing.sent(now, isDelivering);
    this.#inbox.forget();
    this.#retries.forget();
    this.#frozen.forget(now);
    this.#results.forget();
    this.#near.forget();
    this.#worked = false;
  }

  /**
   * The worker has its task from its start. An agent may show its prompt for seconds before it begins: that is no end
   * of a turn.
   */
  startedWithTask(now: number): void {
    this.#timing.startedWithTask(now);
  }

  /** The outcome of what was sent is recorded. `isQueued`: the agent keeps it for the end of its turn. */
  delivered(now: number, { isQueued = false } = {}): void {
    this.#hasQueued ||= isQueued;
    this.#timing.delivered(now);
  }

  /** A signal of the agent itself about its turn. */
  onSignal(signal: Signal, now: number): void {
    this.#inbox.onSignal(signal, now);
  }

  /** Continues with a worker that an earlier process has watched. */
  resume({ result, finished, dialog, limit, retrying, frozen }: Past): void {
    if (frozen) this.#frozen.resume();
    this.#results.resume({ result, finished });
    if (retrying !== null) this.#retries.resume(retrying);
    this.#dialogs.resume(dialog);
    if (limit) this.#limits.resume(limit, this.#timing.changedAt);
  }

  /** Takes the next screen of a worker in this state. If its state is not asked for, the next screen says more. */
  perceive(state: WorkerState, snapshot: WorkerScreen, now: number, { isStateAsked = true } = {}): Perceived {
    if (isStateAsked) this.#track(state, snapshot, now);
    const limit = this.#limits.isNew(snapshot.classification, now) ? snapshot.classification : null;
    const { observation, recheckInMs } = isStateAsked ? this.#classify(state, snapshot, now) : NOTHING;
    const limitOver = isAnswer(observation, snapshot.classification) && this.#limits.answered();
    if (observation && observation.event !== 'screen_changed') this.#retries.forget();
    if (observation?.event === 'idle' || observation?.event === 'completed') this.#hasQueued = false;
    const seen = { observation, limit, limitOver };
    if (observation || state !== 'RUNNING' || effectiveLabel(snapshot.classification) !== 'working')
      return { ...seen, retry: null, recheckInMs };
    const retries = this.#retries.perceive(snapshot.classification, now);
    return { ...seen, retry: retries.news, recheckInMs: soonest(recheckInMs, retries.recheckInMs) };
  }

  #classify(state: WorkerState, snapshot: WorkerScreen, now: number): StateVerdict {
    const { classification, result } = snapshot;
    if (result && this.#results.isNew(result)) {
      // Hooks may still run for a moment: that is not another turn.
      this.#timing.restartLabel(now);
      const completed = this.#near.stopped(result) ? null : this.#results.completed(classification);
      if (completed) return report(completed);
    }
    const dialogEvent = dialogEventOf(classification);
    if (dialogEvent) return this.#classifyDialog(dialogEvent, snapshot, now);
    const signalled = this.#classifySignalled(state, snapshot, now);
    if (signalled) return signalled;
    return this.#frozen.perceive(state, snapshot, now) ?? this.#classifyRest(state, snapshot, now);
  }

  /** What a signal says of a screen that no rule knows, once that has settled: half a dialog is none. */
  #classifySignalled(state: WorkerState, snapshot: WorkerScreen, now: number): StateVerdict | null {
    const { classification, motion } = snapshot;
    // While the agent draws, no dialog waits for an answer.
    if ((motion?.work.length ?? 0) > 0 || !this.#inbox.explains(classification.label, now)) return null;
    const wait = this.#timing.settledIn(SIGNALLED_MS, now);
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
  #cutShort({ classification, content }: WorkerScreen): Observation | null {
    if (!this.#worked || classification.label !== 'idle') return null;
    const { ofTurn: result, isEmpty: wasAsked } = this.#results;
    const evidence = this.#near.cutShort({ classification, content, result, wasAsked });
    return evidence && { ...observationOf('idle', classification), evidence, readiness: 'cut_short' };
  }

  #classifyDialog(event: ObserveEvent, snapshot: WorkerScreen, now: number): StateVerdict {
    // Right after an answer, the screen may still show the old dialog.
    const wait = this.#dialogs.isJustAnswered(now) ? this.#timing.settledIn(SETTLED_MS, now) : 0;
    if (wait > 0) return later(wait);
    return this.#dialogs.isNew(snapshot) ? report(observationOf(event, snapshot.classification)) : NOTHING;
  }

  /** A screen without a dialog: it has to be shown for a while, or the agent has to signal the same. */
  #classifyRest(state: WorkerState, snapshot: WorkerScreen, now: number): StateVerdict {
    const { classification, atRest } = snapshot;
    const work = workOf(state, snapshot);
    const isOver = state === 'COMPLETED' || state === 'FAILED';
    // Its last motion may have been the last thing that the program prints.
    if (work && (!isOver || this.#timing.labelledFor(now) >= this.timeouts.idleMs))
      return { observation: work, recheckInMs: this.timeouts.idleMs };
    if (classification.label === 'unknown' && state !== 'READY')
      return this.#classifyUnknown(state, classification, atRest, now);
    const end = this.#endSignal(state, classification, now);
    const settledMs = end === 'turn_ended' && !this.#hasQueued ? SIGNALLED_MS : SETTLED_MS;
    const wait = end ? this.#timing.settledIn(settledMs, now) : this.#due(state, classification, now);
    if (wait === null) return NOTHING;
    if (wait > 0) return later(wait);
    const cutShort = this.#cutShort(snapshot);
    if (cutShort) return report(cutShort);
    const completed = effectiveLabel(classification) === 'idle' && this.#results.completed(classification);
    if (completed) return report(completed);
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
    atRest: WorkerScreen['atRest'],
    now: number,
  ): StateVerdict {
    if (state === 'RUNNING') {
      const hasPrompt = this.#timing.isAtSamePrompt && this.#timing.isAnswered && atRest === 'idle';
      const wait = this.#quietIn(
        hasPrompt ? Math.min(PROMPT_MS, this.timeouts.unknownMs) : this.timeouts.unknownMs,
        now,
      );
      if (wait > 0) return later(wait);
      return report(
        quietObservation(classification, { atRest, hasPrompt, quietMs: now - this.#timing.changedAt }),
      );
    }
    const wait = state === 'IDLE' && atRest === 'idle' ? this.#timing.resumedIn(now) : null;
    if (wait === null) return NOTHING;
    return wait > 0
      ? later(wait)
      : report(observationOf('screen_changed', { ...classification, rule: 'printing' }));
  }

  #track(state: WorkerState, snapshot: WorkerScreen, now: number): void {
    const { classification } = snapshot;
    const isWorking = effectiveLabel(classification) === 'working';
    this.#trackDialog(classification, now);
    this.#timing.see(state, snapshot, now, { isWorking });
    this.#near.see(classification);
    this.#worked ||= isWorking;
  }

  #trackDialog(classification: Classification, now: number): void {
    if (this.#hasLeft(classification, now)) this.#dialogs.forget();
    const isDialog = dialogEventOf(classification) !== null;
    // What is drawn after a rest is a new one, and no rest of the one that was answered.
    if (isDialog && !this.#isDialog && this.#timing.labelledFor(now) >= REDRAW_MS) this.#dialogs.wereGone();
    this.#isDialog = isDialog;
  }

  /**
   * Whether the reported dialog is gone, so that the same text is a new question. No rule matches a screen that is
   * half drawn: a dialog whose pointer moves is not gone.
   */
  #hasLeft(classification: Classification, now: number): boolean {
    if (dialogEventOf(classification))
      return this.#timing.label === 'unknown' && this.#timing.labelledFor(now) >= REDRAW_MS;
    return classification.label !== 'unknown';
  }

  #due(state: WorkerState, classification: Classification, now: number): number | null {
    return reportDelay(state, classification, {
      timeouts: this.timeouts,
      watchedFor: now - this.#begunAt,
      labelledFor: this.#timing.labelledFor(now),
      isBlank: this.#timing.isBlank,
      isShell: this.#isShell(classification),
      quietIn: (quietMs) => this.#quietIn(quietMs, now),
    });
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

  /** Milliseconds until the screen has been quiet for `quietMs`, a reaction to the last message, and no signal says otherwise. */
  #quietIn(quietMs: number, now: number): number {
    return Math.max(0, this.#inbox.holdsIdle(now), this.#timing.quietIn(quietMs, now));
  }
}
