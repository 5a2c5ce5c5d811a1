import type { SignalKind } from '../../agents/contract/signal-kinds.ts';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification, Warning } from '../../terminal/detection/classify.ts';
import type { Past } from '../core/past.ts';
import { ReportedDialogs } from './reported-dialogs.ts';
import { Retries } from './retries.ts';
import {
  dialogEventOf,
  effectiveLabel,
  eventOf,
  limitEvidence,
  observationOf,
  readiness,
} from './screen-meaning.ts';
import { SignalInbox } from './signals/inbox.ts';
import type { Signal } from './signals/spool.ts';

/** One screen of a worker, as it was classified. */
export interface Snapshot {
  classification: Classification;
  /** The line that holds the evidence, counted from the first one printed; null on a redrawn screen. */
  line: number | null;
  /** The newest complete result block on it; null if there is none. */
  result: SeenResult | null;
  /** The screen's text: it differs while the screen changes. */
  content: string;
}

export interface SeenResult {
  /** A digest: equal for equal texts. */
  name: string;
  /** How many results were printed recently: the same text may be printed again. */
  count: number;
}

export interface Perceived {
  observation: Observation | null;
  /** A limit that is new on this screen. */
  limit: Classification | null;
  /** A client that retries, or 'over' once it works again; null if nothing has changed. */
  retry: Warning | 'over' | null;
  /** When to perceive the screen again even if nothing is printed by then, in milliseconds. */
  recheckInMs: number | null;
}

export interface Timeouts {
  /** How long a screen must be quiet before a working worker counts as idle. */
  idleMs: number;
  /** How long no rule must match the screen of a new worker before its state is unknown. */
  unknownMs: number;
}

/** How long a screen must be quiet when the agent has signalled the end of its turn, or a dialog is shown after an answer. */
const SETTLED_MS = 250;

/** How long an agent may take to redraw its screen. */
const REDRAW_MS = 500;

/** How long a screen that has not changed since a message was sent says nothing about the answer. */
const REACTION_MS = 5000;

type Verdict = Pick<Perceived, 'observation' | 'recheckInMs'>;

const NOTHING: Verdict = { observation: null, recheckInMs: null };
const later = (recheckInMs: number): Verdict => ({ observation: null, recheckInMs });
const report = (observation: Observation): Verdict => ({ observation, recheckInMs: null });

const completed = (result: string, classification: Classification): Observation => ({
  ...observationOf('completed', classification),
  rule: 'result_block',
  confidence: 'official',
  evidence: [result],
});

/**
 * Turns a worker's classified screens, one after the other, into observations. Questions and approvals are reported
 * at once; idle, error and a resumed turn only after they were shown long enough: agents pause, flicker and retry. A
 * dialog that was answered is not reported again while it is still shown. Time is an argument.
 */
export class Perception {
  /** May be replaced at any time: the next screen is compared with the new ones. */
  timeouts: Timeouts;
  #content = '';
  #changedAt: number;
  #label = '';
  #labelSince: number;
  #limitReported: string | null = null;
  #resultReported: SeenResult | null = null;
  /** The result printed since the last message to the worker: what follows belongs to the same turn. */
  #finished: string | null = null;
  #sentAt: number | null = null;
  readonly #dialogs = new ReportedDialogs();
  readonly #inbox = new SignalInbox();
  readonly #retries: Retries;
  /** Whether it was seen working since the last message to it. */
  #worked = false;

  constructor(now: number, timeouts: Timeouts) {
    this.timeouts = timeouts;
    this.#retries = new Retries(now);
    this.#changedAt = now;
    this.#labelSince = now;
  }

  /** A message went to the worker: what the screen shows now is answered. */
  sent(now: number): void {
    this.#dialogs.answer(now);
    this.#sentAt = now;
    this.#inbox.forget();
    this.#retries.forget();
    this.#finished = null;
    this.#worked = false;
  }

  /** A signal of the agent itself about its turn. */
  onSignal(signal: Signal, now: number): void {
    this.#inbox.onSignal(signal, now);
  }

  /** Continues with a worker that an earlier process has watched. */
  resume({ result, finished, dialog, limit, retrying }: Past): void {
    this.#finished = finished ? result : null;
    if (retrying !== null) this.#retries.resume(retrying);
    this.#resultReported = result === null ? null : { name: result, count: Number.POSITIVE_INFINITY };
    this.#dialogs.resume(dialog);
    this.#limitReported = limit?.join('\n') ?? null;
  }

  /** Takes the next screen of a worker in this state. */
  perceive(state: WorkerState, snapshot: Snapshot, now: number): Perceived {
    this.#track(snapshot, now);
    const limit = this.#newLimit(snapshot);
    const { observation, recheckInMs } = this.#classify(state, snapshot, now);
    if (observation && observation.event !== 'screen_changed') this.#retries.forget();
    if (observation || state !== 'RUNNING' || effectiveLabel(snapshot.classification) !== 'working')
      return { observation, limit, retry: null, recheckInMs };
    const retries = this.#retries.perceive(snapshot.classification, now);
    return {
      observation,
      limit,
      retry: retries.news,
      recheckInMs: soonest(recheckInMs, retries.recheckInMs),
    };
  }

  #classify(state: WorkerState, snapshot: Snapshot, now: number): Verdict {
    const { classification, result } = snapshot;
    if (result && this.#isNewResult(result)) {
      this.#finished = result.name;
      // Hooks may still run for a moment: that is not another turn.
      this.#labelSince = now;
      return report(completed(result.name, classification));
    }
    const dialogEvent = dialogEventOf(classification);
    if (dialogEvent) return this.#classifyDialog(dialogEvent, snapshot, now);
    const signalled = this.#inbox.instead(classification.label, now);
    if (signalled && !(signalled.event === 'screen_changed' && state === 'RUNNING')) {
      const readiness = signalled.event === 'idle' ? 'turn_ended' : null;
      return report({
        ...observationOf(signalled.event, classification),
        ...signalled,
        source: 'signal',
        readiness,
      });
    }
    return this.#classifyRest(state, classification, now);
  }

  #classifyDialog(event: ObserveEvent, snapshot: Snapshot, now: number): Verdict {
    // Right after an answer, the screen may still show the old dialog.
    const wait = this.#dialogs.isJustAnswered(now) ? this.#settledIn(now) : 0;
    if (wait > 0) return later(wait);
    return this.#dialogs.isNew(snapshot) ? report(observationOf(event, snapshot.classification)) : NOTHING;
  }

  /** A screen without a dialog: it has to be shown for a while, or the agent has to signal the same. */
  #classifyRest(state: WorkerState, classification: Classification, now: number): Verdict {
    const end = this.#endSignal(state, classification, now);
    const wait = end ? this.#settledIn(now) : this.#due(state, classification, now);
    if (wait === null) return NOTHING;
    if (wait > 0) return later(wait);
    if (this.#finished !== null && effectiveLabel(classification) === 'idle')
      return report(completed(this.#finished, classification));
    const seen = observationOf(eventOf(classification), classification);
    if (seen.event !== 'idle') return report(seen);
    const bySignal = end ? { source: 'signal' as const, rule: end } : {};
    return report({ ...seen, ...bySignal, readiness: readiness(state, classification) });
  }

  #track({ content, classification }: Snapshot, now: number): void {
    if (content !== this.#content) {
      this.#content = content;
      this.#changedAt = now;
      if (this.#sentAt !== null && now > this.#sentAt) this.#sentAt = null;
    }
    if (effectiveLabel(classification) === 'working') this.#worked = true;
    if (this.#hasLeft(classification, now)) this.#dialogs.forget();
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
    return lastResult === null || lastResult.name !== result.name || lastResult.count < result.count;
  }

  #newLimit({ classification }: Snapshot): Classification | null {
    const identity = limitEvidence(classification).join('\n');
    if (identity === '' || identity === this.#limitReported) return null;
    this.#limitReported = identity;
    return classification;
  }

  /** Milliseconds until this label may be reported in this state; null if it is not to be reported. */
  #due(state: WorkerState, classification: Classification, now: number): number | null {
    const { idleMs, unknownMs } = this.timeouts;
    const over = state === 'COMPLETED' || state === 'FAILED';
    switch (effectiveLabel(classification)) {
      case 'working':
        if (state === 'RUNNING') return null;
        return over ? Math.max(0, this.#labelSince + idleMs - now) : 0;
      case 'idle':
      case 'limit':
        return state === 'IDLE' || over ? null : this.#quietIn(idleMs, now);
      case 'error':
        return over ? null : this.#quietIn(idleMs, now);
      default:
        return state === 'READY' ? Math.max(0, this.#changedAt + unknownMs - now) : null;
    }
  }

  /**
   * The signal that ended the turn, if the screen also shows the worker idle after work: then a short wait is enough.
   * Codex gives the same signal for the thread that makes a title, before the turn shows on the screen.
   */
  #endSignal(state: WorkerState, classification: Classification, now: number): SignalKind | null {
    if (state !== 'RUNNING' || !this.#worked || effectiveLabel(classification) !== 'idle') return null;
    return this.#inbox.end(now);
  }

  /** Milliseconds until the screen has settled. */
  #settledIn(now: number): number {
    return Math.max(0, this.#changedAt + SETTLED_MS - now);
  }

  /** Milliseconds until the screen has been quiet for `quietMs`, and long enough to be a reaction to the last message. */
  #quietIn(quietMs: number, now: number): number {
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + REACTION_MS - now;
    return Math.max(0, reaction, this.#inbox.holdsIdle(now), this.#changedAt + quietMs - now);
  }
}

/** The shorter of two waits; null is no wait. */
const soonest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
