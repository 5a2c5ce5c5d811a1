import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lib/time/monotonic.ts';

const POLL_MS = 25;

/**
 * Polls `read` until `isDone` accepts what it returns. `done` is false when that takes longer than `ms` milliseconds;
 * `now` is what it returned last.
 */
export async function pollUntil<T>(
  ms: number,
  read: () => Promise<T>,
  isDone: (now: T) => boolean,
): Promise<{ done: boolean; now: T }> {
  for (const deadline = monotonic() + ms; ; await sleep(POLL_MS)) {
    const now = await read();
    if (isDone(now)) return { done: true, now };
    if (monotonic() > deadline) return { done: false, now };
  }
}
