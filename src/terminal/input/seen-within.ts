import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Looks again and again until what is seen holds; false where it does not within so many milliseconds. */
export async function seenWithin<T>(
  ms: number,
  look: () => Promise<T>,
  holds: (now: T) => boolean,
): Promise<boolean> {
  for (const deadline = Date.now() + ms; ; await sleep(POLL_MS)) {
    if (holds(await look())) return true;
    if (Date.now() > deadline) return false;
  }
}
