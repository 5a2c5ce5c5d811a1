import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Home, killed } from '../../src/workers/testing/home.ts';
import { redactedMessage } from '../../src/workspace/redaction/redacted-message.ts';
import { AGENTS, COURSES } from './courses.ts';
import { Driver, type Ground } from './driver.ts';
import type { Sample } from './metrics.ts';
import { carryOut, every, type Kept, type Step } from './pace.ts';
import { HOUR_S, type Plan } from './plan.ts';
import { Sampler } from './sampler.ts';
import { checkEnd } from './verdict.ts';

const SAMPLE_S = 10;

/** What a run has shown: `failures` is empty if all is as it should be. */
export interface Outcome {
  samples: readonly Sample[];
  failures: readonly string[];
  kept: Kept;
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
  const repository = { free: Promise.resolve() };
  const ground: Ground = { home, workers: [], spawns: [], behindS: 0, repository };
  const failures: string[] = [];
  const fail = (failure: string) => {
    failures.push(failure);
    onFailure(failure);
  };
  const idle = await home.spawn('fake-idle');
  const sampler = new Sampler(ground, idle);
  const samples: Sample[] = [];
  const over = new AbortController();
  let kept: Kept = { planned: plan.workers.length, begun: 0 };
  let hour = 0;
  const sampling = every(SAMPLE_S, over.signal, async () => {
    const sample = await sampler.take();
    samples.push(sample);
    if (sample.at < (hour + 1) * HOUR_S) return;
    hour = Math.floor(sample.at / HOUR_S);
    onHour(hour, sample, failures.length);
  }).catch((error) => fail(`a sample: ${redactedMessage(error)}`));
  try {
    const { seconds, mostAtOnce } = plan;
    const onError = (what: string, error: unknown) => fail(`${what}: ${redactedMessage(error)}`);
    const onBegin = (behindS: number) => {
      ground.behindS = behindS;
    };
    [kept] = await Promise.all([
      carryOut(workerSteps(ground, plan), { signal, seconds, mostAtOnce, onError, onBegin }),
      carryOut(otherSteps(ground, plan), { signal, seconds, mostAtOnce: Number.POSITIVE_INFINITY, onError }),
    ]);
    const slow = signal.aborted ? null : tooSlow(kept, plan);
    if (slow) fail(slow);
  } finally {
    over.abort();
    await sampling;
    sampler.close();
  }
  if (!signal.aborted) for (const failure of await checkEnd(ground, idle)) fail(failure);
  return { samples, failures, kept };
}

/** A run that began fewer of its workers was none at its rate. */
const ENOUGH = 0.95;

const tooSlow = ({ begun, planned }: Kept, { minutes, rate }: Plan): string | null =>
  begun >= planned * ENOUGH
    ? null
    : `the machine is too slow for --rate ${rate}: ${begun} of ${planned} workers were begun, try --rate ${Math.max(1, Math.floor(begun / minutes))}`;

const workerSteps = (ground: Ground, { workers }: Plan): Step[] =>
  workers.map(({ at, kind, waitS }) => ({
    at,
    what: kind,
    run: () => COURSES[kind](new Driver(ground, kind, waitS)),
  }));

function otherSteps(ground: Ground, { kills, removals }: Plan): Step[] {
  const { home } = ground;
  return [
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
