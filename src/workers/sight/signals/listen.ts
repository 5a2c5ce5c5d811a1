import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { giveSignal, readSignals, readToken, type Signal, SPOOL } from './spool.ts';

/** Repeated bells of a terminal are one signal in so long. */
const BETWEEN_RINGS_MS = 1000;

/** Reports every signal that arrives in a worker's spool from now on; none if the worker has no spool. */
export class SignalListener {
  readonly #folder: string;
  readonly #onSignal: (signal: Signal) => void;
  readonly #token: string | null;
  #received: number;
  #watcher: FSWatcher | null = null;
  #rang = Number.NEGATIVE_INFINITY;

  constructor(folder: string, onSignal: (signal: Signal) => void) {
    this.#folder = folder;
    this.#onSignal = onSignal;
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

  /** The terminal's bell was rung. */
  ring(): void {
    const now = monotonic();
    if (now - this.#rang < BETWEEN_RINGS_MS) return;
    this.#rang = now;
    this.give('attention', Date.now());
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
