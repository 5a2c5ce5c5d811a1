import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { ObserveEvent } from '../../../events/catalogue/words.ts';
import type { Label } from '../../../terminal/detection/classify.ts';
import type { Signal } from './spool.ts';

/** How long a signal counts as evidence, unless the screen shows something else sooner. */
export const FRESH_MS = 2000;

/** The event of a signal if no rule matches the screen; `attention` alone is too vague. */
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
 * What an agent's own signals add to its screen. A dialog and work on the screen always outrank them: the newest
 * signal only confirms what the screen shows (the end of a turn), delays what it may not show yet (a turn that
 * begins), and decides where no rule matches the screen.
 */
export class SignalInbox {
  #last: (Signal & { receivedAt: number }) | null = null;

  onSignal(signal: Signal, now: number): void {
    const { kind: current = 'turn_started' } = this.#fresh(now) ?? {};
    // A terminal bell follows the signal that says the same in more detail.
    if (signal.kind === 'attention' && current !== 'turn_started') return;
    this.#last = { ...signal, receivedAt: now };
  }

  /** A message went to the worker: earlier signals no longer count. */
  forget(): void {
    this.#last = null;
  }

  #fresh(now: number): Signal | null {
    return this.#last && now - this.#last.receivedAt < FRESH_MS ? this.#last : null;
  }

  /** The signal that confirms an idle screen at once: the turn is over, or a person is called. */
  end(now: number): SignalKind | null {
    const signal = this.#fresh(now);
    return signal && ENDS.has(signal.kind) ? signal.kind : null;
  }

  /** Milliseconds for which an idle screen does not count yet: the agent has signalled that a turn begins. */
  holdsIdle(now: number): number {
    const begins = this.#fresh(now)?.kind === 'turn_started' && this.#last;
    return begins ? begins.receivedAt + FRESH_MS - now : 0;
  }

  /** Whether the newest signal says what a screen means that no rule matches. */
  explains(label: Label, now: number): boolean {
    const signal = label === 'unknown' ? this.#fresh(now) : null;
    return signal !== null && MEANING[signal.kind] !== null;
  }

  /** The event of the newest signal if no rule matches the screen; reported once. */
  instead(label: Label, now: number): { event: ObserveEvent; rule: string } | null {
    const signal = label === 'unknown' ? this.#fresh(now) : null;
    const event = signal && MEANING[signal.kind];
    if (!event) return null;
    this.#last = null;
    return { event, rule: signal.kind };
  }
}
