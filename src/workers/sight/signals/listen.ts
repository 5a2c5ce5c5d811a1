import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import { giveSignal, readSignals, readToken, type Signal, SPOOL } from './spool.ts';

/** A terminal that rings and rings is heard once in so long. */
const BETWEEN_RINGS_MS = 1000;

/** Tells every signal that comes into a worker's spool from now on. Where none is kept, there is nothing to hear. */
export class SignalListener {
  readonly #folder: string;
  readonly #onSignal: (signal: Signal) => void;
  readonly #token: string | null;
  #received: number;
  #watcher: FSWatcher | null = null;
  #rang = 0;

  constructor(folder: string, onSignal: (signal: Signal) => void) {
    this.#folder = folder;
    this.#onSignal = onSignal;
    this.#token = readToken(folder);
    this.#received = readSignals(folder).length;
  }

  /** False where there is nothing to hear: signals are switched off, or this worker is of a time before them. */
  start(): boolean {
    if (this.#token === null) return false;
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        if (name === SPOOL || name === null) this.#read();
      });
      // The folder goes with its worker.
      this.#watcher.on('error', () => this.close());
    } catch {
      return false;
    }
    return true;
  }

  /** Takes down what whoever watches has heard of the worker itself: one way for all signals. */
  give(kind: SignalKind, now: number): void {
    const AGENTPOOL_SIGNALS = join(this.#folder, SPOOL);
    giveSignal(kind, { AGENTPOOL_SIGNALS, AGENTPOOL_SIGNAL_TOKEN: this.#token ?? '' }, now);
  }

  /** The terminal has rung. */
  ring(now: number): void {
    if (now - this.#rang < BETWEEN_RINGS_MS) return;
    this.#rang = now;
    this.give('attention', now);
  }

  close(): void {
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
