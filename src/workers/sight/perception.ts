import type { SignalKind } from '../../agents/contract/signal-kinds.ts';
import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification, Warning } from '../../terminal/detection/classify.ts';
import type { Past } from '../core/past.ts';
import { ReportedDialogs } from './reported-dialogs.ts';
import { Retries } from './retries.ts';
import { asks, doing, eventMeant, limitEvidence, observed, readiness } from './screen-meaning.ts';
import { SignalInbox } from './signals/inbox.ts';
import type { Signal } from './signals/spool.ts';

/** What is known of one moment of a worker's screen. */
export interface Snapshot {
  classification: Classification;
  /** Where the judgement's evidence stands: its line counted from the first one printed; null on a redrawn screen. */
  line: number | null;
  /** The newest complete result block that stands there; null where none does. */
  result: SeenResult | null;
  /** The screen's content, to tell a quiet screen from one that moves. */
  content: string;
}

export interface SeenResult {
  /** The same for the same words. */
  name: string;
  /** How many results are known to have been printed lately: the same words may be said again. */
  count: number;
}

export interface Perceived {
  observation: Observation | null;
  /** A limit that this screen tells of for the first time. */
  limit: Classification | null;
  /** A client that tries again, or 'over' once it works on without; null where that is no news. */
  retry: Warning | 'over' | null;
  /** When to look again although nothing may have been printed by then, in milliseconds. */
  recheckInMs: number | null;
}

export interface Timeouts {
  /** How long a screen must be quiet before a working worker counts as idle. */
  idleMs: number;
  /** How long nothing known must stand on a new worker's screen before its state is called unknown. */
  unknownMs: number;
}

/** Some rest for a frame: where the agent itself says that its turn is over, and where a dialog stands after an answer. */
const SETTLED_MS = 250;

/** How long an agent may take to draw its screen anew. */
const REDRAW_MS = 500;

/** A screen that has not moved since a message was sent says nothing about it, at least for so long. */
const REACTION_MS = 5000;

type Verdict = Pick<Perceived, 'observation' | 'recheckInMs'>;

const NOTHING: Verdict = { observation: null, recheckInMs: null };
const later = (recheckInMs: number): Verdict => ({ observation: null, recheckInMs });
const report = (observation: Observation): Verdict => ({ observation, recheckInMs: null });

const completed = (result: string, classification: Classification): Observation => ({
  ...observed('completed', classification),
  rule: 'result_block',
  confidence: 'official',
  evidence: [result],
});

/**
 * Turns what a worker's screens mean, one after the other, into observations. Questions and approvals are told at
 * once; idle, error and a turn that begins again only when they have stood long enough: agents pause, flicker and
 * retry. What was answered is not told again while it still stands. Time comes in as an argument.
 */
export class Perception {
  /** May be replaced at any time: the next screen is held against the new ones. */
  timeouts: Timeouts;
  #content = '';
  #changedAt: number;
  #label = '';
  #labelSince: number;
  #limitReported: string | null = null;
  #resultReported: SeenResult | null = null;
  /** The result that was printed since the worker was last given something: what comes after it is the same turn. */
  #finished: string | null = null;
  #sentAt: number | null = null;
  readonly #dialogs = new ReportedDialogs();
  readonly #inbox = new SignalInbox();
  readonly #retries: Retries;
  /** Whether it was seen at work since it was last given something. */
  #worked = false;

  constructor(now: number, timeouts: Timeouts) {
    this.timeouts = timeouts;
    this.#retries = new Retries(now);
    this.#changedAt = now;
    this.#labelSince = now;
  }

  /** A message went to the worker: what stands on the screen now is answered. */
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
  resume({ result, finished, asked, limit, retrying }: Past): void {
    this.#finished = finished ? result : null;
    if (retrying !== null) this.#retries.resume(retrying);
    this.#resultReported = result === null ? null : { name: result, count: Number.POSITIVE_INFINITY };
    this.#dialogs.resume(asked);
    this.#limitReported = limit?.join('\n') ?? null;
  }

  /** Takes the next screen of a worker in this state. */
  perceive(state: WorkerState, snapshot: Snapshot, now: number): Perceived {
    this.#track(snapshot, now);
    const limit = this.#newLimit(snapshot);
    const { observation, recheckInMs } = this.#classify(state, snapshot, now);
    if (observation && observation.event !== 'screen_changed') this.#retries.forget();
    if (observation || state !== 'RUNNING' || doing(snapshot.classification) !== 'working')
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
      // Hooks may run on for a moment: that is no other turn.
      this.#labelSince = now;
      return report(completed(result.name, classification));
    }
    const asked = asks(classification);
    if (asked) return this.#classifyDialog(asked, snapshot, now);
    const said = this.#inbox.instead(classification.label, now);
    if (said && !(said.event === 'screen_changed' && state === 'RUNNING')) {
      const readiness = said.event === 'idle' ? 'turn_ended' : null;
      return report({ ...observed(said.event, classification), ...said, source: 'signal', readiness });
    }
    return this.#classifyRest(state, classification, now);
  }

  #classifyDialog(event: ObserveEvent, snapshot: Snapshot, now: number): Verdict {
    // Right after an answer it may be what is left of the old one.
    const wait = this.#dialogs.isJustAnswered(now) ? this.#settledIn(now) : 0;
    if (wait > 0) return later(wait);
    return this.#dialogs.isNew(snapshot) ? report(observed(event, snapshot.classification)) : NOTHING;
  }

  /** A screen on which nobody is asked anything: it has to stand for a while, or the agent has to say so itself. */
  #classifyRest(state: WorkerState, classification: Classification, now: number): Verdict {
    const end = this.#saidEnd(state, classification, now);
    const wait = end ? this.#settledIn(now) : this.#due(state, classification, now);
    if (wait === null) return NOTHING;
    if (wait > 0) return later(wait);
    if (this.#finished !== null && doing(classification) === 'idle')
      return report(completed(this.#finished, classification));
    const seen = observed(eventMeant(classification), classification);
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
    if (doing(classification) === 'working') this.#worked = true;
    if (this.#hasLeft(classification, now)) this.#dialogs.forget();
    if (classification.label !== this.#label) {
      this.#label = classification.label;
      this.#labelSince = now;
    }
  }

  /**
   * Whether the dialog that was told is gone, so that the same words are a new question. A screen that is half drawn is
   * one that no rule knows: a dialog whose pointer moves has not gone.
   */
  #hasLeft(classification: Classification, now: number): boolean {
    if (asks(classification)) return this.#label === 'unknown' && now - this.#labelSince >= REDRAW_MS;
    return classification.label !== 'unknown';
  }

  #isNewResult(result: SeenResult): boolean {
    const reported = this.#resultReported;
    this.#resultReported = result;
    return reported === null || reported.name !== result.name || reported.count < result.count;
  }

  #newLimit({ classification }: Snapshot): Classification | null {
    const identity = limitEvidence(classification).join('\n');
    if (identity === '' || identity === this.#limitReported) return null;
    this.#limitReported = identity;
    return classification;
  }

  /** Milliseconds until this label may be told in this state; null where there is nothing to tell. */
  #due(state: WorkerState, classification: Classification, now: number): number | null {
    const { idleMs, unknownMs } = this.timeouts;
    const over = state === 'COMPLETED' || state === 'FAILED';
    switch (doing(classification)) {
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
   * The agent says that its turn is over, and its screen shows it at rest after work: there is little to wait for.
   * Codex also says so of the thread that makes a title, while the turn has not begun to show.
   */
  #saidEnd(state: WorkerState, classification: Classification, now: number): SignalKind | null {
    if (state !== 'RUNNING' || !this.#worked || doing(classification) !== 'idle') return null;
    return this.#inbox.end(now);
  }

  /** Milliseconds until the screen has had some rest. */
  #settledIn(now: number): number {
    return Math.max(0, this.#changedAt + SETTLED_MS - now);
  }

  /** Milliseconds until the screen has been quiet for so long, and long enough to be an answer to what was sent. */
  #quietIn(quietMs: number, now: number): number {
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + REACTION_MS - now;
    return Math.max(0, reaction, this.#inbox.holdsIdle(now), this.#changedAt + quietMs - now);
  }
}

/** The sooner of two waits; null waits for nothing. */
const soonest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
