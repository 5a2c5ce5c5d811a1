import { setTimeout as sleep } from 'node:timers/promises';

export interface Step {
  /** Seconds after the begin. */
  at: number;
  what: string;
  run(): Promise<void>;
}

/** The clock of a run: seconds after its begin, and pauses, which are cut short by the signal. */
export interface Time {
  now(): number;
  /** False if the signal fires first. */
  pause(seconds: number, signal: AbortSignal): Promise<boolean>;
}

export interface PaceOptions {
  /** Ends the run early. */
  signal: AbortSignal;
  /** No step begins later than that, in seconds after the begin. */
  seconds: number;
  /** How many steps may be under way. */
  mostAtOnce: number;
  onError(what: string, error: unknown): void;
  /** How much later than planned a step begins, in seconds. */
  onBegin?(behindS: number): void;
  time?: Time;
}

/** How many steps have begun of those that were planned. */
export interface Kept {
  planned: number;
  begun: number;
}

/**
 * Begins each step at its time, whatever the others do, or as soon as few enough are under way: on a machine that is too
 * slow for them they do not pile up, and those whose turn does not come are left out. Resolves when all that have begun have
 * ended, or the signal has fired.
 */
export async function carryOut(
  steps: readonly Step[],
  { signal, seconds, mostAtOnce, onError, onBegin, time = timeFromNow() }: PaceOptions,
): Promise<Kept> {
  const running = new Set<Promise<void>>();
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  let begun = 0;
  for (const { at, what, run } of steps) {
    if (!(await time.pause(at - time.now(), signal))) break;
    if (running.size >= mostAtOnce) {
      const over = time.pause(seconds - time.now(), signal);
      while (running.size >= mostAtOnce && !signal.aborted && time.now() < seconds)
        await Promise.race([...running, over]);
    }
    if (signal.aborted || time.now() >= seconds) break;
    begun++;
    onBegin?.(Math.max(0, time.now() - at));
    const step = run().catch((error) => {
      if (!signal.aborted) onError(`${what} at ${Math.round(at)} s`, error);
    });
    running.add(step);
    void step.then(() => running.delete(step));
  }
  await Promise.race([Promise.all(running), stopped]);
  return { planned: steps.length, begun };
}

/** Does it at every so many seconds; a slow one delays the next. */
export async function every(seconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const { pause } = timeFromNow();
  while (await pause(seconds, signal)) await work();
}

function timeFromNow(): Time {
  const begun = performance.now();
  return {
    now: () => (performance.now() - begun) / 1000,
    pause: (seconds, signal) => sleep(Math.max(0, seconds * 1000), true, { signal }).catch(() => false),
  };
}
