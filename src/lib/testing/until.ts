import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../time/monotonic.ts';

type Found<T> = T | null | undefined | false;

/** Polls until `probe` returns a value, with time for slow machines. The error shows the last value seen. */
export async function until<T>(
  what: string,
  probe: () => Found<T> | Promise<Found<T>>,
  seen = () => '',
): Promise<T> {
  for (const end = monotonic() + 90_000; monotonic() < end; await sleep(20)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`waited in vain for ${what}; seen:\n${seen()}`);
}
