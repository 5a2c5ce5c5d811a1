import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Polls `read` until `isDone` accepts what it returns. Resolves to false when that takes longer than `ms` milliseconds.
 */
export async function pollUntil<T>(
  ms: number,
  read: () => Promise<T>,
  isDone: (now: T) => boolean,
): Promise<boolean> {
  for (const deadline = Date.now() + ms; ; await sleep(POLL_MS)) {
    if (isDone(await read())) return true;
    if (Date.now() > deadline) return false;
  }
}
