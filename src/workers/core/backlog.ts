import { isUnwritable } from '../../lib/errors.ts';
import type { WorkerCommand } from '../../machines/worker/commands.ts';

/** How often appends that the ledger could not take are tried again, in milliseconds. */
const RETRY_MS = 500;

/** An append that may have to wait until the ledger takes it. */
export interface WaitingAppend {
  /** The worker and the command that it is about; null if it is about no worker. */
  about: { worker: string; command: WorkerCommand } | null;
  /** Appends. `at` is when it happened if it had to wait; what the ledger then rejects is dropped. */
  run(at?: Date): void;
}

type Waiting = WaitingAppend & { at: Date };

/**
 * What a process saw while the ledger could not be written (a full disk, a lock that is held), in memory, in order, each
 * with the time when it was seen. It is appended as soon as the ledger takes it; what comes later waits behind it.
 */
export class Backlog {
  readonly #now: () => Date;
  /** Called when appends begin to wait, with the error, and when none waits any more. */
  readonly #onChange: (waiting: number, error: unknown) => void;
  #waiting: Waiting[] = [];
  #most = 0;
  #retry: NodeJS.Timeout | null = null;
  #whenEmpty: { resolve(): void; reject(error: unknown): void }[] = [];
  #lastError: unknown = null;
  #isClosed = false;

  constructor(now: () => Date, onChange: (waiting: number, error: unknown) => void = () => {}) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** How many appends wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** What waits of a worker, oldest first. */
  of(worker: string): { command: WorkerCommand; at: Date }[] {
    return this.#waiting.flatMap(({ about, at }) =>
      about?.worker === worker ? [{ command: about.command, at }] : [],
    );
  }

  /** Appends, or keeps the append for later. @throws what `run` throws if the ledger can be written. */
  append(append: WaitingAppend): void {
    // Before it is tried: a lock may be waited for.
    const at = this.#now();
    if (this.#waiting.length > 0) {
      this.#keep({ ...append, at });
      return;
    }
    try {
      append.run();
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      this.#lastError = error;
      this.#keep({ ...append, at });
      this.#onChange(1, error);
    }
  }

  /** Resolves once nothing waits. @throws the ledger's last error if this is closed before. */
  async empty(): Promise<void> {
    if (this.#waiting.length === 0) return;
    if (this.#isClosed) throw this.#lastError;
    await new Promise<void>((resolve, reject) => this.#whenEmpty.push({ resolve, reject }));
  }

  /** Tries a last time. What still waits then is lost; how many. */
  close(): number {
    this.#isClosed = true;
    this.#flush();
    for (const { reject } of this.#whenEmpty.splice(0)) reject(this.#lastError);
    return this.#waiting.length;
  }

  #keep(append: Waiting): void {
    this.#waiting.push(append);
    this.#most = Math.max(this.#most, this.#waiting.length);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      this.#flush();
    }, RETRY_MS);
  }

  #flush(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      try {
        next.run(next.at);
      } catch (error) {
        this.#lastError = error;
        if (isUnwritable(error)) {
          this.#schedule();
          return;
        }
        this.#onChange(this.#waiting.length, error);
      }
      this.#waiting.shift();
    }
    for (const { resolve } of this.#whenEmpty.splice(0)) resolve();
    if (this.#most > 0) this.#onChange(0, null);
    this.#most = 0;
  }
}
