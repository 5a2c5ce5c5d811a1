import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { ObserveEvent } from '../../../events/catalogue/words.ts';
import type { Label } from '../../../terminal/detection/classify.ts';
import type { Signal } from './spool.ts';

/** A signal is evidence of a moment: what it says holds for so long, unless the screen says otherwise sooner. */
export const FRESH_MS = 2000;

/** What it means where no rule knows the screen; that somebody is to look says too little. */
const MEANING: Record<SignalKind, ObserveEvent | null> = {
  turn_started: 'screen_changed',
  turn_ended: 'idle',
  turn_failed: 'error',
  approval_wanted: 'approval_prompt',
  question_asked: 'question',
  attention: null,
};

const ENDS: ReadonlySet<SignalKind> = new Set(['turn_ended', 'attention']);

/**
 * What an agent's own signals add to its screen. A dialog and plain work on the screen always stand above them: the
 * newest signal only hastens what the screen shows (a turn that has ended), holds back what it may not show yet (a
 * turn that begins), and speaks where no rule knows the screen.
 */
export class SignalInbox {
  #last: (Signal & { receivedAt: number }) | null = null;

  onSignal(signal: Signal, now: number): void {
    const { kind: current = 'turn_started' } = this.#fresh(now) ?? {};
    // A terminal rings for what has just been said in words.
    if (signal.kind === 'attention' && current !== 'turn_started') return;
    this.#last = { ...signal, receivedAt: now };
  }

  /** Something new was given to the worker: what it said before is over. */
  forget(): void {
    this.#last = null;
  }

  #fresh(now: number): Signal | null {
    return this.#last && now - this.#last.receivedAt < FRESH_MS ? this.#last : null;
  }

  /** The signal by which an idle screen may be believed at once: the turn is over, or somebody is called. */
  end(now: number): SignalKind | null {
    const signal = this.#fresh(now);
    return signal && ENDS.has(signal.kind) ? signal.kind : null;
  }

  /** Milliseconds for which an idle screen is not yet believed: the agent says that a turn begins. */
  holdsIdle(now: number): number {
    const begins = this.#fresh(now)?.kind === 'turn_started' && this.#last;
    return begins ? begins.receivedAt + FRESH_MS - now : 0;
  }

  /** What the newest signal means where no rule knows the screen; told once. */
  instead(label: Label, now: number): { event: ObserveEvent; rule: string } | null {
    const signal = label === 'unknown' ? this.#fresh(now) : null;
    const event = signal && MEANING[signal.kind];
    if (!event) return null;
    this.#last = null;
    return { event, rule: signal.kind };
  }
}
