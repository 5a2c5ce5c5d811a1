import { AgentPoolError, isUnwritable } from '../../../lib/errors.ts';

/** How often to try again what a full disk has prevented, in milliseconds. */
export const RETRY_MS = 1000;

/** Whether something failed only because it could not be written. */
export const isUnwritten = (error: unknown): boolean =>
  isUnwritable(error) || (error instanceof AgentPoolError && error.code === 'STORAGE_FULL');

/** A file of a worker that the watcher writes. */
export type WatchedFile = 'transcript' | 'screen';

/** The files whose content waits in memory, because they cannot be written: the disk is full. */
export class UnwrittenFiles {
  readonly #files = new Set<WatchedFile>();
  readonly #onFault: (error: unknown) => void;

  /** `onFault` receives the error once per file, until the file has been written. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  has(file: WatchedFile): boolean {
    return this.#files.has(file);
  }

  /** A file could not be written, or with null, was written. */
  report(file: WatchedFile, error: unknown): void {
    if (error === null) {
      this.#files.delete(file);
      return;
    }
    if (!this.#files.has(file)) this.#onFault(error);
    this.#files.add(file);
  }
}
