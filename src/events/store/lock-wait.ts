import { isBusy } from '../../lib/errors.ts';

/** How long a process waits for the ledger's lock before it gives up. */
export const LOCK_TIMEOUT_MS = 10_000;
/**
 * The most that one attempt counts towards the timeout: a process that got no CPU time in between did not really wait.
 */
const POLL_MS = 5;

const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Retries about every millisecond while another process holds the ledger's lock. SQLite's own busy handler backs off to
 * sleeps of 100 ms: with eight busy writers, one of them starved for seconds while the others took turns.
 * `work` must have had no effect when it fails with a lock error. `onWait` is called between the tries.
 */
export function waitingForLock<T>(
  work: () => T,
  onWait: () => void = () => {},
  timeoutMs = LOCK_TIMEOUT_MS,
): T {
  // The clock is first read after a failure: loading it takes a millisecond, and most work finds no lock.
  for (let waited = 0, last: number | null = null; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || waited > timeoutMs) throw error;
    }
    onWait();
    const now = performance.now();
    waited += Math.min(now - (last ?? now), POLL_MS);
    last = now;
    // Random, so that waiting processes do not retry at the same moment.
    Atomics.wait(never, 0, 0, 0.3 + Math.random() * 1.7);
  }
}
