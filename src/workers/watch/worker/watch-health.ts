import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';

/** How long watching must work before a fault is over, in milliseconds: one that comes and goes is one fault. */
const SOUND_MS = 5000;

/**
 * Records when a worker can no longer be watched and when it can again. Each is one event, however often the same fault
 * occurs. Time is an argument.
 */
export class WatchHealth {
  readonly #record: (command: WorkerCommand) => LedgerEvent[] | null;
  #failedAt: number | null = null;

  constructor(record: (command: WorkerCommand) => LedgerEvent[] | null) {
    this.#record = record;
  }

  /** The worker has a fault that was recorded before. */
  resume(now: number): void {
    this.#failedAt = now;
  }

  failed(error: string, now: number): void {
    const isNew = this.#failedAt === null;
    this.#failedAt = now;
    if (isNew) this.#record({ kind: 'fail_watch', error });
  }

  /** The worker was watched without a fault; returns when to look again, in milliseconds, while one is not yet over. */
  worked(now: number): number | null {
    if (this.#failedAt === null) return null;
    const left = this.#failedAt + SOUND_MS - now;
    if (left > 0) return left;
    this.#failedAt = null;
    this.#record({ kind: 'restore_watch' });
    return null;
  }
}
