import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../time/monotonic.ts';

type Found<T> = T | null | undefined | false;

const LONGEST_MS = 90_000;

/**
 * Polls until `probe` returns a value, with time for slow machines; less often the longer it takes. Pauses a multiple of
 * what the probe took too: one that starts a process would keep a core busy, and the slower the machine, the more. The
 * error shows the last value seen.
 */
export async function until<T>(
  what: string,
  probe: () => Found<T> | Promise<Found<T>>,
  seen = () => '',
): Promise<T> {
  const start = monotonic();
  for (let waited = 0; waited < LONGEST_MS; waited = monotonic() - start) {
    const found = await probe();
    if (found) return found;
    const tookMs = monotonic() - start - waited;
    await sleep(Math.min(Math.max(waited / 10, 4 * tookMs, 10), 200));
  }
  throw new Error(`waited in vain for ${what}; seen:\n${seen()}`);
}
