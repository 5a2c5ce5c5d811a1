import type { ObserveEvent, WorkerState } from '../events/catalogue/words.ts';
import type { Observation } from '../machines/worker-commands.ts';
import type { SignalKind } from '../providers/signal-kinds.ts';
import type { Judgement, Warning } from '../terminal/detection/judge.ts';
import type { Past } from './past.ts';
import { Retries } from './retries.ts';
import { Hearing } from './signals/hearing.ts';
import type { Signal } from './signals/spool.ts';

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

/** How long a screen at rest must be quiet where the agent itself says that its turn is over: some rest for a frame. */
const SETTLED_MS = 250;

/** How long an agent may take to draw its screen anew. */
const REDRAW_MS = 500;

/** How long an agent may take to read an answer and to take its dialog away. */
const ANSWER_MS = 2000;

/** A screen that has not moved since a message was sent says nothing about it, at least for so long. */
const REACTION_MS = 5000;

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
  #told: string | null = null;
  #answered: string | null = null;
  #limitTold: string | null = null;
  #resultTold: SeenResult | null = null;
  /** The result that was printed since the worker was last given something: what comes after it is the same turn. */
  #finished: string | null = null;
  /** A dialog that was told before this process came, until the first screen shows whether it still stands. */
  #past: { dialog: string; answered: boolean } | null = null;
  #sentAt: number | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;
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
    if (this.#told !== null) this.#answeredAt = now;
    this.#answered = this.#told;
    this.#told = null;
    this.#sentAt = now;
    this.#hearing.forget();
    this.#retries.forget();
    this.#finished = null;
    this.#worked = false;
    if (this.#past) this.#past.answered = true;
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
    this.#past = asked && { dialog: dialogOf(asked), answered: asked.answered };
    this.#limitTold = limit?.join('\n') ?? null;
  }

  look(state: WorkerState, glimpse: Glimpse, now: number): Perceived {
    this.#note(glimpse, now);
    const perceived = this.#judge(state, glimpse, now);
    if (perceived.observation && perceived.observation.event !== 'screen_changed') this.#retries.forget();
    if (perceived.observation || state !== 'RUNNING' || doing(glimpse.judgement) !== 'working')
      return { ...perceived, retry: null };
    const { news, lookAgainIn } = this.#retries.look(glimpse.judgement, now);
    return { ...perceived, retry: news, lookAgainIn: soonest(perceived.lookAgainIn, lookAgainIn) };
  }

  #judge(state: WorkerState, glimpse: Glimpse, now: number): Omit<Perceived, 'retry'> {
    const { judgement, result } = glimpse;
    const limit = this.#newLimit(glimpse);
    const tell = (event: ObserveEvent, more: Partial<Observation> = {}) => ({
      observation: { ...observed(event, judgement), ...more },
      limit,
      lookAgainIn: null,
    });
    const nothing = (lookAgainIn: number | null = null) => ({
      observation: null,
      limit,
      lookAgainIn,
    });

    const completed = (name: string) =>
      tell('completed', { rule: 'result_block', confidence: 'official', evidence: [name] });

    if (result && this.#isNewResult(result)) {
      this.#finished = result.name;
      // Hooks may run on for a moment: that is no other turn.
      this.#labelSince = now;
      return completed(result.name);
    }
    const asked = asks(judgement);
    if (asked) {
      const wait = this.#redrawnIn(now);
      if (wait > 0) return nothing(wait);
      return this.#isNews(glimpse) ? tell(asked) : nothing();
    }

    const said = this.#hearing.instead(judgement.label, now);
    if (said && !(said.event === 'screen_changed' && state === 'RUNNING'))
      return tell(said.event, {
        ...said,
        source: 'signal',
        readiness: said.event === 'idle' ? 'turn_ended' : null,
      });
    const hastened = this.#saidEnd(state, judgement, now);
    const wait = hastened
      ? Math.max(0, this.#changedAt + SETTLED_MS - now)
      : this.#due(state, judgement, now);
    if (wait === null) return nothing();
    if (wait > 0) return nothing(wait);
    if (this.#finished !== null && doing(judgement) === 'idle') return completed(this.#finished);
    if (hastened) {
      return tell('idle', { source: 'signal', rule: hastened, readiness: readiness(state, judgement) });
    }
    const event = eventOf(judgement);
    return event === 'idle' ? tell('idle', { readiness: readiness(state, judgement) }) : tell(event);
  }

  #note({ content, judgement }: Glimpse, now: number): void {
    if (content !== this.#content) {
      this.#content = content;
      this.#changedAt = now;
      if (this.#sentAt !== null && now > this.#sentAt) this.#sentAt = null;
    }
    if (doing(judgement) === 'working') this.#worked = true;
    if (this.#hasLeft(judgement, now)) {
      this.#told = null;
      this.#answered = null;
      this.#past = null;
    }
    if (judgement.label !== this.#label) {
      this.#label = judgement.label;
      this.#labelSince = now;
    }
  }

  /** Milliseconds until a dialog may be believed that stands right after an answer: it may be what is left of the old one. */
  #redrawnIn(now: number): number {
    return now < this.#answeredAt + ANSWER_MS ? Math.max(0, this.#changedAt + SETTLED_MS - now) : 0;
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

  #isNews(glimpse: Glimpse): boolean {
    const identity = identify(glimpse);
    if (this.#past?.dialog === dialogOf(asDialog(glimpse.judgement))) {
      if (this.#past.answered) this.#answered = identity;
      else this.#told = identity;
    }
    this.#past = null;
    if (identity === this.#told || identity === this.#answered) return false;
    this.#told = identity;
    this.#answered = null;
    return true;
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

  /** Milliseconds until the screen has been quiet for so long, and long enough to be an answer to what was sent. */
  #quietIn(quietMs: number, now: number): number {
    const reaction = this.#sentAt === null ? 0 : this.#sentAt + REACTION_MS - now;
    return Math.max(0, reaction, this.#hearing.holdsIdle(now), this.#changedAt + quietMs - now);
  }
}

/** The sooner of two waits; null waits for nothing. */
const soonest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** The event of a dialog that waits for somebody; null for any other screen. */
function asks({ label, overage }: Judgement): ObserveEvent | null {
  if (overage) return 'overage_prompt';
  if (label === 'question') return 'question';
  return label === 'approval' ? 'approval_prompt' : null;
}

/** A client that retries against a limit works on: the limit is a warning until the turn has ended. */
const doing = ({ label, warnings }: Judgement): Judgement['label'] =>
  label === 'limit' && warnings.some(({ kind }) => kind === 'retrying') ? 'working' : label;

function eventOf(judgement: Judgement): ObserveEvent {
  switch (doing(judgement)) {
    case 'working':
      return 'screen_changed';
    case 'idle':
    case 'limit':
      return 'idle';
    case 'error':
      return 'error';
    default:
      return 'none';
  }
}

/** The rows that tell of a limit; none where none is told of. */
export function limitEvidence({ label, evidence, warnings }: Judgement): string[] {
  if (label === 'limit') return lastRows(evidence);
  return warnings.filter(({ kind }) => kind === 'limit_warning').map(({ text }) => text);
}

/** So many rows of evidence are recorded. */
const lastRows = (evidence: readonly string[]): string[] => evidence.slice(-5);

/** What a screen means to an observer who has seen nothing else. */
export const eventMeant = (judgement: Judgement): ObserveEvent => asks(judgement) ?? eventOf(judgement);

const identify = ({ judgement, line }: Glimpse): string =>
  JSON.stringify([dialogOf(asDialog(judgement)), line]);

type Dialog = Pick<NonNullable<Past['asked']>, 'rule' | 'evidence' | 'question'>;

const asDialog = ({ rule, evidence, question }: Judgement): Dialog => ({
  rule: rule ?? 'none',
  evidence,
  question: question ?? null,
});

/** A dialog by what is recorded of it, so that another process knows it again. */
const dialogOf = ({ rule, evidence, question }: Dialog): string =>
  JSON.stringify([rule, lastRows(evidence), question]);

function readiness(state: WorkerState, { label }: Judgement): string {
  if (label === 'limit') return 'limit_reached';
  return state === 'READY' || state === 'UNKNOWN' ? 'ready' : 'turn_ended';
}

function observed(event: ObserveEvent, judgement: Judgement): Observation {
  return {
    event,
    source: judgement.region === 'title' ? 'title' : 'screen',
    rule: judgement.rule ?? 'none',
    evidence: lastRows(judgement.evidence),
    confidence: judgement.label === 'unknown' ? 'unknown' : 'observed',
    question: judgement.question ?? null,
    readiness: judgement.startup ? 'waiting_on_startup_prompt' : null,
    warnings: [
      ...(judgement.startup ? [judgement.startup] : []),
      ...judgement.warnings.map(({ text }) => text),
    ],
  };
}
