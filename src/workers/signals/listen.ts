import { type FSWatcher, watch } from 'node:fs';
import { readSignals, type Signal, SPOOL } from './spool.ts';

/** Tells every signal that comes into a worker's spool from now on. Where none is kept, there is nothing to hear. */
export class SignalListener {
  readonly #folder: string;
  readonly #onSignal: (signal: Signal) => void;
  #heard: number;
  #watcher: FSWatcher | null = null;

  constructor(folder: string, onSignal: (signal: Signal) => void) {
    this.#folder = folder;
    this.#onSignal = onSignal;
    this.#heard = readSignals(folder).length;
  }

  start(): void {
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        if (name === SPOOL || name === null) this.#read();
      });
      // The folder goes with its worker.
      this.#watcher.on('error', () => this.close());
    } catch {
      // Signals are switched off, or this worker is of a time before them.
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #read(): void {
    const signals = readSignals(this.#folder);
    const news = signals.slice(this.#heard);
    this.#heard = signals.length;
    for (const signal of news) this.#onSignal(signal);
  }
}
