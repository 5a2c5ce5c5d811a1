import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lib/time/monotonic.ts';

/** The first and the longest pause. Most screens change within the first few; each look starts a tmux. */
const POLL_MS = 25;
const LONGEST_PAUSE_MS = 100;

/**
 * Polls `read` until `isDone` accepts what it returns, less often the longer it waits. `done` is false when that takes
 * longer than `ms` milliseconds; `now` is what it returned last.
 */
export async function pollUntil<T>(
  ms: number,
  read: () => Promise<T>,
  isDone: (now: T) => boolean,
): Promise<{ done: boolean; now: T }> {
  const start = monotonic();
  for (;;) {
    const now = await read();
    if (isDone(now)) return { done: true, now };
    const waited = monotonic() - start;
    if (waited > ms) return { done: false, now };
    await sleep(Math.min(Math.max(waited / 10, POLL_MS), LONGEST_PAUSE_MS));
  }
}
