import { isBusy } from '../../lib/errors.ts';

/** How long anybody waits for the ledger's lock before giving up. */
export const LOCK_TIMEOUT_MS = 10_000;
/** A look at the lock counts for so much at the most: who was not given the processor meanwhile has not waited in vain. */
const POLL_MS = 5;

const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Tries again, every millisecond or so, while another process has the ledger locked. SQLite's own waiting goes on to
 * sleep 100 ms between two looks: with eight busy writers one of them waited for seconds while the others took turns.
 * `work` must have done nothing when it is refused.
 */
export function waitingForLock<T>(work: () => T): T {
  for (let waited = 0, last = performance.now(); ; ) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || waited > LOCK_TIMEOUT_MS) throw error;
    }
    const now = performance.now();
    waited += Math.min(now - last, POLL_MS);
    last = now;
    // At random, so that those who wait together do not look together.
    Atomics.wait(never, 0, 0, 0.3 + Math.random() * 1.7);
  }
}
