import { type FSWatcher, watch } from 'node:fs';

/**
 * Reports changes in a folder, which may be made later: call `look` from time to time until `works`. It also does not
 * work where the system has no notifications or no watches left, so one that waits for it needs a slow poll as well.
 */
export class WatchedFolder {
  readonly #path: string;
  readonly #onChange: (event: string, name: string | null) => void;
  #watcher: FSWatcher | null = null;

  constructor(path: string, onChange: (event: string, name: string | null) => void) {
    this.#path = path;
    this.#onChange = onChange;
  }

  get works(): boolean {
    return this.#watcher !== null;
  }

  /** Begins to watch unless it does. Never throws. */
  look(): void {
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.#path, this.#onChange);
      this.#watcher.on('error', () => this.close());
    } catch {
      // No folder yet, or no watches left.
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
