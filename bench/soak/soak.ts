import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Home, killed } from '../../src/workers/testing/home.ts';
import { redactedMessage } from '../../src/workspace/redaction/redacted-message.ts';
import { AGENTS, COURSES } from './courses.ts';
import { Driver, type Ground } from './driver.ts';
import type { Sample } from './metrics.ts';
import { HOUR_S, type Plan } from './plan.ts';
import { Sampler } from './sampler.ts';
import { checkEnd } from './verdict.ts';

const SAMPLE_S = 10;

/** What a run has shown: `failures` is empty if all is as it should be. */
export interface Outcome {
  samples: readonly Sample[];
  failures: readonly string[];
}

export interface RunOptions {
  /** Ends the run early. */
  signal: AbortSignal;
  onHour(hour: number, sample: Sample, failures: number): void;
  /** As soon as it is seen. */
  onFailure(failure: string): void;
}

/** What ended workers leave is kept for two simulated hours, what their screens showed and their worktrees for one. */
const CONFIG = {
  policy: { max_parallel_sessions: 100 },
  retention: { artifacts: `${2 * HOUR_S}s`, recordings: `${HOUR_S}s`, worktrees: `${HOUR_S}s` },
};

export const soakHome = (): Home =>
  new Home({ agents: AGENTS, config: CONFIG, wholeProcesses: true, endsWithTest: false });

/** Carries a plan out in a home. Ends early, with what was seen, when the signal fires. */
export async function soak(
  home: Home,
  plan: Plan,
  { signal, onHour, onFailure }: RunOptions,
): Promise<Outcome> {
  const ground: Ground = { home, workers: [], spawns: [], repository: { free: Promise.resolve() } };
  const failures: string[] = [];
  const fail = (failure: string) => {
    failures.push(failure);
    onFailure(failure);
  };
  const idle = await home.spawn('fake-idle');
  const sampler = new Sampler(ground, idle);
  const samples: Sample[] = [];
  const over = new AbortController();
  let hour = 0;
  const sampling = every(SAMPLE_S, over.signal, async () => {
    const sample = await sampler.take();
    samples.push(sample);
    if (sample.at < (hour + 1) * HOUR_S) return;
    hour = Math.floor(sample.at / HOUR_S);
    onHour(hour, sample, failures.length);
  }).catch((error) => fail(`a sample: ${redactedMessage(error)}`));
  try {
    await carryOut(stepsOf(ground, plan), signal, (what, error) => {
      fail(`${what}: ${redactedMessage(error)}`);
    });
  } finally {
    over.abort();
    await sampling;
    sampler.close();
  }
  if (!signal.aborted) for (const failure of await checkEnd(ground, idle)) fail(failure);
  return { samples, failures };
}

interface Step {
  /** Seconds after the begin. */
  at: number;
  what: string;
  run(): Promise<void>;
}

function stepsOf(ground: Ground, { workers, kills, removals }: Plan): Step[] {
  const { home } = ground;
  return [
    ...workers.map(({ at, kind, waitS }) => ({
      at,
      what: kind,
      run: () => COURSES[kind](new Driver(ground, kind, waitS)),
    })),
    ...kills.map((at) => ({
      at,
      what: 'kill of the watcher',
      run: async () => {
        const pid = home.watcherPid();
        if (pid !== null) await killed(pid);
      },
    })),
    ...removals.map(({ at, by }) => ({
      at,
      what: `removal by ${by}`,
      run: async () => {
        // The watcher looks through what has ended once a day: as often as its stamp is removed.
        if (by === 'watcher') rmSync(join(home.folder, 'run', 'retention'), { force: true });
        else await new Driver(ground, 'completes', 0).ask('gc');
      },
    })),
  ].sort((one, other) => one.at - other.at);
}

/** Begins each step at its time, whatever the others do; resolves when all have ended, or the signal has fired. */
async function carryOut(
  steps: readonly Step[],
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (const { at, what, run } of steps) {
    if (!(await paused(at * 1000 - (performance.now() - begun), signal))) break;
    running.push(
      run().catch((error) => {
        if (!signal.aborted) onError(`${what} at ${Math.round(at)} s`, error);
      }),
    );
  }
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([Promise.all(running), stopped]);
}

/** Does it at every so many seconds; a slow one delays the next. */
async function every(seconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (await paused(seconds * 1000, signal)) await work();
}

/** False if the signal fires first. */
const paused = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(Math.max(0, ms), true, { signal }).catch(() => false);
