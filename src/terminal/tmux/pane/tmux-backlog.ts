import { residentBytes } from '../../../lib/process/process-table.ts';
import type { TmuxServer } from '../server.ts';

/** How often to ask, in milliseconds. */
const EVERY_MS = 5000;
/** Bytes of memory of a server: 200,000 lines of its grid, and what its pane has printed and no process has read. */
const MOST_BYTES = 1 << 30;

/** Whether a pane's server keeps more of its output than its memory should hold. */
export class TmuxBacklog {
  readonly #server: TmuxServer;
  readonly #bytesOf: (pid: number) => number | null;
  #pid: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(server: TmuxServer, bytesOf = residentBytes) {
    this.#server = server;
    this.#bytesOf = bytesOf;
  }

  /** False also where it was asked a moment ago, and where it cannot be known. */
  async isTooLarge(now: number): Promise<boolean> {
    if (now - this.#askedAt < EVERY_MS) return false;
    this.#askedAt = now;
    this.#pid ??= await this.#server.serverPid().catch(() => null);
    return this.#pid !== null && (this.#bytesOf(this.#pid) ?? 0) > MOST_BYTES;
  }
}
