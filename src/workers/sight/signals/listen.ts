import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { TerminalSignal } from '../../../terminal/screen/terminal-signals.ts';
import { giveSignal, readSignals, readToken, type Signal, SPOOL } from './spool.ts';
import { TerminalMeaning } from './terminal.ts';

/** Repeated signals of a terminal are one of each kind in so long. */
const BETWEEN_MS = 1000;

interface ListenerOptions {
  onSignal(signal: Signal): void;
  /** Whether the user has switched the signals of this agent off. */
  isOff?(): boolean;
}

/** Reports every signal that arrives in a worker's spool from now on; none if the worker has no spool. */
export class SignalListener {
  readonly #folder: string;
  readonly #onSignal: (signal: Signal) => void;
  readonly #isOff: () => boolean;
  readonly #terminal = new TerminalMeaning();
  readonly #token: string | null;
  #received: number;
  #watcher: FSWatcher | null = null;
  readonly #heard = new Map<SignalKind, number>();
  #isClosed = false;

  constructor(folder: string, { onSignal, isOff = () => false }: ListenerOptions) {
    this.#folder = folder;
    this.#onSignal = onSignal;
    this.#isOff = isOff;
    this.#token = readToken(folder);
    this.#received = readSignals(folder).length;
  }

  /** False if no signals can arrive: they are switched off, or this worker is older than them. */
  start(): boolean {
    if (this.#token === null) return false;
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        if (name === SPOOL || name === null) this.#read();
      });
      // The folder is removed with its worker.
      this.#watcher.on('error', () => this.close());
    } catch {
      return false;
    }
    return true;
  }

  /** Adds a signal that the watcher received by another way than the hooks, so that all are in one spool. */
  give(kind: SignalKind, now: number): void {
    const AGENTPOOL_SIGNALS = join(this.#folder, SPOOL);
    giveSignal(kind, { AGENTPOOL_SIGNALS, AGENTPOOL_SIGNAL_TOKEN: this.#token ?? '' }, now);
  }

  /** The terminal has signalled: it goes to the spool like all others, or where the worker has none, to its perception. */
  hear(kind: SignalKind): void {
    const now = monotonic();
    if (this.#isOff()) return;
    if (now - (this.#heard.get(kind) ?? Number.NEGATIVE_INFINITY) < BETWEEN_MS) return;
    this.#heard.set(kind, now);
    const signal = { kind, at: Date.now() };
    if (this.#token !== null) this.give(kind, signal.at);
    // Not at once: the screen is half drawn while the terminal reads.
    else setImmediate(() => !this.#isClosed && this.#onSignal(signal));
  }

  /** The same for a signal that says more than a bell. Returns whether a shell has its terminal again. */
  hearTerminal(signal: TerminalSignal): boolean {
    const kind = this.#terminal.of(signal);
    if (kind !== null) this.hear(kind);
    return this.#terminal.isAtShell;
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#watcher = null;
  }

  #read(): void {
    const signals = readSignals(this.#folder);
    const news = signals.slice(this.#received);
    this.#received = signals.length;
    for (const signal of news) this.#onSignal(signal);
  }
}
