import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Observation } from '../../../machines/worker/commands.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { isCutShort, isStoppedByLimit } from '../../core/limits/at-limit.ts';
import { effectiveLabel } from '../../sight/screen-meaning.ts';
import type { WorkerScreen } from '../../sight/seen.ts';
import { judgeSilence, Silence } from '../../sight/silence.ts';
import { Parking, type ParkingOf } from './parking.ts';
import type { Stop } from './plan.ts';

export interface LimitWatchOf extends ParkingOf {
  /** Reads the screen again after so many milliseconds. */
  lookAgain(inMs: number): void;
}

/** A screen of the worker, and what was concluded from it. `raw` is not redacted. */
export interface SeenScreen {
  raw: Classification;
  snapshot: WorkerScreen;
  observation: Observation | null;
}

/** How long a client must have retried at a limit until that is a wait and no hiccup. */
const RETRIES_MS = 10_000;
/** How long a client may show other work between two tries. */
const BETWEEN_TRIES_MS = 5000;
/** How long a screen must say the same of whether the agent goes on by itself. */
const STEADY_MS = 2000;

/**
 * Sees which screens of a worker mean that a limit has stopped it, also where its agent waits for the reset by itself
 * or retries without a word, and has it parked where its caller wants that.
 */
export class LimitWatch {
  readonly #of: LimitWatchOf;
  readonly #parking: Parking;
  readonly #silence = new Silence();
  /** Since when its client retries at a limit, and when that was last seen. */
  #retries: { since: number; last: number } | null = null;
  #differsSince: number | null = null;
  #askedAt: number | null = null;
  #isAsking = false;
  #isWarned = false;
  #content = '';

  constructor(of: LimitWatchOf) {
    this.#of = of;
    this.#parking = new Parking(of);
  }

  onEvent(event: LedgerEvent): void {
    this.#parking.onEvent(event);
    if (event.type === 'worker.message_sent') this.#retries = null;
  }

  start(): void {
    this.#parking.start();
  }

  close(): void {
    this.#parking.close();
  }

  /** Takes the next screen. True if its observation is not to be recorded: it is part of a limit that is waited for. */
  take(state: WorkerState, seen: SeenScreen, now = monotonic()): boolean {
    const silentMs = this.#silence.see(seen.snapshot, now);
    this.#seeRetries(seen.raw, now);
    if (state === 'PARKED') return this.#takeParked(seen, now);
    if (seen.observation?.event === 'idle' && this.#parking.parkAgain()) return true;
    const stop = stopOf(seen);
    if (stop) return this.#parking.stop(stop);
    if (state === 'RUNNING') {
      this.#takeRetries(seen, now);
      this.#takeSilence(seen, silentMs, now);
    }
    return false;
  }

  #takeParked({ raw, snapshot, observation }: SeenScreen, now: number): boolean {
    const drawn = snapshot.motion?.drawn ?? snapshot.content;
    if (drawn !== this.#content) this.#parking.changed();
    this.#content = drawn;
    if (raw.safe_key !== undefined && observation?.event === 'overage_prompt') return true;
    if (observation?.event === 'screen_changed') return this.#stillRetries(now);
    this.#followItself(raw, now);
    return false;
  }

  /** Between two tries a client shows work for a moment; one that retries without a word shows nothing else. */
  #stillRetries(now: number): boolean {
    const { agent, lookAgain } = this.#of;
    if (!this.#parking.parked?.continues_itself) return false;
    if (agent().retriesSilently && !this.#silence.hasNews) return true;
    const left = this.#retries === null ? 0 : this.#retries.last + BETWEEN_TRIES_MS - now;
    if (left > 0) lookAgain(left);
    return left > 0;
  }

  /** The user may have cancelled what the agent was to do by itself, or asked it to. */
  #followItself(raw: Classification, now: number): void {
    const { parked } = this.#parking;
    const continuesItself = raw.continues_itself ?? false;
    if (!parked || raw.label !== 'limit' || parked.continues_itself === continuesItself) {
      this.#differsSince = null;
      return;
    }
    this.#differsSince ??= now;
    const left = this.#differsSince + STEADY_MS - now;
    if (left > 0) {
      this.#of.lookAgain(left);
      return;
    }
    this.#differsSince = null;
    this.#parking.follow({ ...stopAt(raw), because: parked.because });
  }

  #seeRetries(raw: Classification, now: number): void {
    const isRetrying = raw.continues_itself === true && effectiveLabel(raw) === 'working';
    if (isRetrying) this.#retries = { since: this.#retries?.since ?? now, last: now };
    else if (this.#retries && now - this.#retries.last >= BETWEEN_TRIES_MS) this.#retries = null;
  }

  #takeRetries({ raw }: SeenScreen, now: number): void {
    if (this.#retries === null || !this.#parking.isWanted) return;
    const left = this.#retries.since + RETRIES_MS - now;
    if (left > 0) this.#of.lookAgain(left);
    else if (raw.continues_itself) this.#parking.stop(stopAt(raw));
  }

  #takeSilence({ raw }: SeenScreen, silentMs: number, now: number): void {
    const { app, session, limits, agent, lookAgain } = this.#of;
    if (silentMs === 0) this.#isWarned = false;
    if (!agent().retriesSilently || this.#isAsking || this.#isWarned || raw.label !== 'working') return;
    const verdict = judgeSilence(
      {
        silentMs,
        usage: limits.known(),
        usageAgeMs: limits.ageMs(),
        askedAgoMs: this.#askedAt === null ? null : now - this.#askedAt,
        model: session.model,
      },
      app.given().now,
    );
    if (verdict.kind === 'work') lookAgain(verdict.lookInMs);
    else if (verdict.kind === 'ask') this.#ask(now);
    else {
      const evidence = ['nothing new is shown, and its limit is used up'];
      this.#isWarned = true;
      this.#of.record({ kind: 'warn_limit', rule: SILENT, evidence, resetsAtText: verdict.until });
      const silent = { continuesItself: true, words: null, evidence, isPassing: false };
      this.#parking.stop({ because: 'limit', ...silent });
    }
  }

  #ask(now: number): void {
    const { limits, onFault, lookAgain } = this.#of;
    this.#isAsking = true;
    this.#askedAt = now;
    limits
      .ask()
      .catch(onFault)
      .finally(() => {
        this.#isAsking = false;
        lookAgain(0);
      });
  }
}

/** The rule of a limit that no screen shows. */
const SILENT = 'silent-retry';

/** What a screen says of the limit that has stopped a turn; null if none has. */
function stopOf({ raw, observation }: SeenScreen): Stop | null {
  if (observation === null) return null;
  if (observation.event === 'overage_prompt' && raw.safe_key !== undefined) return stopAt(raw);
  if (observation.event !== 'idle' || !isStoppedByLimit(observation.readiness)) return null;
  return isCutShort(observation.readiness) ? cutShortAt(raw, observation.evidence) : stopAt(raw);
}

function stopAt(raw: Classification): Stop {
  const warned = raw.warnings.find(({ kind }) => kind === 'limit_warning');
  return {
    because: 'limit',
    continuesItself: raw.continues_itself ?? false,
    words: raw.resets_at_text ?? warned?.resets_at_text ?? null,
    evidence: raw.label === 'limit' ? raw.evidence : [warned?.text ?? ''],
    isPassing: raw.rule?.endsWith('rate-limited') ?? false,
  };
}

const cutShortAt = ({ warnings }: Classification, evidence: readonly string[]): Stop => ({
  because: 'cut_short',
  continuesItself: false,
  words: warnings.find(({ resets_at_text }) => resets_at_text !== undefined)?.resets_at_text ?? null,
  evidence,
  isPassing: false,
});
