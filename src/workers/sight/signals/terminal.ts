import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import type { TerminalSignal } from '../../../terminal/screen/terminal-signals.ts';

/** The first that fits says what a notification is about. */
const WORDS: readonly [RegExp, SignalKind][] = [
  [/\b(?:approv(?:e|al)|permission|confirm(?:ation)?)\b/i, 'approval_wanted'],
  [/\bquestions?\b/i, 'question_asked'],
  [/\b(?:waiting|awaiting|input|attention|respon(?:d|se))\b/i, 'attention'],
  [/\b(?:finished|done|completed?|ready)\b/i, 'turn_ended'],
];

/** What the signals of a terminal say of its agent's turn, in the words that the agent's own signals have. */
export class TerminalMeaning {
  #isBusy = false;
  #isAtShell = false;

  /** Whether a shell has marked its prompt, and no command since. */
  get isAtShell(): boolean {
    return this.#isAtShell;
  }

  /** Null if the signal says nothing new of the turn. */
  of(signal: TerminalSignal): SignalKind | null {
    switch (signal.kind) {
      case 'notification':
        return WORDS.find(([words]) => words.test(signal.text))?.[1] ?? 'attention';
      case 'mark':
        this.#isAtShell = signal.at === 'prompt';
        return null;
      case 'progress': {
        const wasBusy = this.#isBusy;
        this.#isBusy = signal.state === 'busy';
        if (this.#isBusy) return wasBusy ? null : 'turn_started';
        if (!wasBusy) return null;
        return signal.state === 'none' ? 'turn_ended' : 'attention';
      }
    }
  }
}
