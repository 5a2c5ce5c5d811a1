import type { ObserveEvent, WorkerState } from '../events/catalogue/words.ts';
import type { Observation } from '../machines/worker-commands.ts';
import type { SignalKind } from '../providers/signal-kinds.ts';
import type { Judgement, Warning } from '../terminal/detection/judge.ts';
import type { Past } from './past.ts';
import { Retries } from './retries.ts';
import { asks, doing, eventMeant, limitEvidence, observed, readiness } from './screen-meaning.ts';
import { Hearing } from './signals/hearing.ts';
import type { Signal } from './signals/spool.ts';
import { ToldDialogs } from './told-dialogs.ts';

/** What is known of one moment of a worker's screen. */
export interface Glimpse {
  judgement: Judgement;
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
  limit: Judgement | null;
  /** A client that tries again, or 'over' once it works on without; null where that is no news. */
  retry: Warning | 'over' | null;
  /** When to look again although nothing may have been printed by then, in milliseconds. */
  lookAgainIn: number | null;
}

export interface Patience {
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

type Verdict = Pick<Perceived, 'observation' | 'lookAgainIn'>;

const NOTHING: Verdict = { observation: null, lookAgainIn: null };
const later = (lookAgainIn: number): Verdict => ({ observation: null, lookAgainIn });
const tell = (observation: Observation): Verdict => ({ observation, lookAgainIn: null });

const completed = (result: string, judgement: Judgement): Observation => ({
  ...observed('completed', judgement),
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
  readonly #patience: Patience;
  #content = '';
  #changedAt: number;
  #label = '';
  #labelSince: number;
  #limitTold: string | null = null;
  #resultTold: SeenResult | null = null;
  /** The result that was printed since the worker was last given something: what comes after it is the same turn. */
  #finished: string | null = null;
  #sentAt: number | null = null;
  readonly #dialogs = new ToldDialogs();
  readonly #hearing = new Hearing();
  readonly #retries: Retries;
  /** Whether it was seen at work since it was last given something. */
  #worked = false;

  constructor(now: number, patience: Patience) {
    this.#patience = patience;
    this.#retries = new Retries(now);
    this.#changedAt = now;
    this.#labelSince = now;
  }

  /** A message went to the worker: what stands on the screen now is answered. */
  sent(now: number): void {
    this.#dialogs.answer(now);
    this.#sentAt = now;
    this.#hearing.forget();
    this.#retries.forget();
    this.#finished = null;
    this.#worked = false;
  }

  /** The agent itself says something of its turn. */
  heard(signal: Signal, now: number): void {
    this.#hearing.hear(signal, now);
  }

  /** Goes on with a worker whose past this process has not seen. */
  resume({ result, finished, asked, limit, retrying }: Past): void {
    this.#finished = finished ? result : null;
    if (retrying !== null) this.#retries.resume(retrying);
    this.#resultTold = result === null ? null : { name: result, count: Number.POSITIVE_INFINITY };
    this.#dialogs.resume(asked);
    this.#limitTold = limit?.join('\n') ?? null;
  }

  look(state: WorkerState, glimpse: Glimpse, now: number): Perceived {
    this.#note(glimpse, now);
    const limit = this.#newLimit(glimpse);
    const { observation, lookAgainIn } = this.#judge(state, glimpse, now);
    if (observation && observation.event !== 'screen_changed') this.#retries.forget();
    if (observation || state !== 'RUNNING' || doing(glimpse.judgement) !== 'working')
      return { observation, limit, retry: null, lookAgainIn };
    const retries = this.#retries.look(glimpse.judgement, now);
    return {
      observation,
      limit,
      retry: retries.news,
      lookAgainIn: soonest(lookAgainIn, retries.lookAgainIn),
    };
  }

  #judge(state: WorkerState, glimpse: Glimpse, now: number): Verdict {
    const { judgement, result } = glimpse;
    if (result && this.#isNewResult(result)) {
      this.#finished = result.name;
      // Hooks may run on for a moment: that is no other turn.
      this.#labelSince = now;
      return tell(completed(result.name, judgement));
    }
    const asked = asks(judgement);
    if (asked) return this.#judgeDialog(asked, glimpse, now);
    const said = this.#hearing.instead(judgement.label, now);
    if (said && !(said.event === 'screen_changed' && state === 'RUNNING')) {
      const readiness = said.event === 'idle' ? 'turn_ended' : null;
      return tell({ ...observed(said.event, judgement), ...said, source: 'signal', readiness });
    }
    return this.#judgeRest(state, judgement, now);
  }

  #judgeDialog(event: ObserveEvent, glimpse: Glimpse, now: number): Verdict {
    // Right after an answer it may be what is left of the old one.
    const wait = this.#dialogs.isJustAnswered(now) ? this.#settledIn(now) : 0;
    if (wait > 0) return later(wait);
    return this.#dialogs.isNews(glimpse) ? tell(observed(event, glimpse.judgement)) : NOTHING;
  }

  /** A screen on which nobody is asked anything: it has to stand for a while, or the agent has to say so itself. */
  #judgeRest(state: WorkerState, judgement: Judgement, now: number): Verdict {
    const end = this.#saidEnd(state, judgement, now);
    const wait = end ? this.#settledIn(now) : this.#due(state, judgement, now);
    if (wait === null) return NOTHING;
    if (wait > 0) return later(wait);
    if (this.#finished !== null && doing(judgement) === 'idle')
      return tell(completed(this.#finished, judgement));
    const seen = observed(eventMeant(judgement), judgement);
    if (seen.event !== 'idle') return tell(seen);
    const bySignal = end ? { source: 'signal' as const, rule: end } : {};
    return tell({ ...seen, ...bySignal, readiness: readiness(state, judgement) });
  }

  #note({ content, judgement }: Glimpse, now: number): void {
    if (content !== this.#content) {
      this.#content = content;
      this.#changedAt = now;
      if (this.#sentAt !== null && now > this.#sentAt) this.#sentAt = null;
    }
    if (doing(judgement) === 'working') this.#worked = true;
    if (this.#hasLeft(judgement, now)) this.#dialogs.forget();
    if (judgement.label !== this.#label) {
      this.#label = judgement.label;
      this.#labelSince = now;
    }
  }

  /**
   * Whether the dialog that was told is gone, so that the same words are a new question. A screen that is half drawn is
   * one that no rule knows: a dialog whose pointer moves has not gone.
   */
  #hasLeft(judgement: Judgement, now: number): boolean {
    if (asks(judgement)) return this.#label === 'unknown' && now - this.#labelSince >= REDRAW_MS;
    return judgement.label !== 'unknown';
  }

  #isNewResult(result: SeenResult): boolean {
    const told = this.#resultTold;
    this.#resultTold = result;
    return told === null || told.name !== result.name || told.count < result.count;
  }

  #newLimit({ judgement }: Glimpse): Judgement | null {
    const identity = limitEvidence(judgement).join('\n');
    if (identity === '' || identity === this.#limitTold) return null;
    this.#limitTold = identity;
    return judgement;
  }

  /** Milliseconds until this label may be told in this state; null where there is nothing to tell. */
  #due(state: WorkerState, judgement: Judgement, now: number): number | null {
    const { idleMs, unknownMs } = this.#patience;
    const over = state === 'COMPLETED' || state === 'FAILED';
    switch (doing(judgement)) {
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
  #saidEnd(state: WorkerState, judgement: Judgement, now: number): SignalKind | null {
    if (state !== 'RUNNING' || !this.#worked || doing(judgement) !== 'idle') return null;
    return this.#hearing.end(now);
  }

  /** Milliseconds until the screen has had some rest. */
  #settledIn(now: number): number {
    return Math.max(0, this.#changedAt + SETTLED_MS - now);
  }

  /** Milliseconds until the screen has been quiet for so long, and long enough to be an answer to what was sent. */
  #quietIn(quietMs: number, now: number): number {
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + REACTION_MS - now;
    return Math.max(0, reaction, this.#hearing.holdsIdle(now), this.#changedAt + quietMs - now);
  }
}

/** The sooner of two waits; null waits for nothing. */
const soonest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
