import { parseArgs } from 'node:util';
import { trendsOf } from './metrics.ts';
import { HOUR_S, planOf } from './plan.ts';
import { hourLine, summary, trendTable } from './report.ts';
import { soak, soakHome } from './soak.ts';

const USAGE = `usage: npm run soak -- [--minutes N] [--rate N] [--seed N] [--json]

A day of work in an hour, with real processes: workers of every kind, driven by the command line as a person's scripts
drive it, in a home of its own below the temporary folder. A simulated hour takes ${HOUR_S} seconds. AgentPool's own clock
runs as always: limits, deadlines, waits in the queue and the retention are given as many times shorter.

  --minutes N   how long it runs (60)
  --rate N      workers in a real minute (16: 40 in a simulated hour)
  --seed N      repeats the workers of another run (1)
  --json        print the samples and the trends as one JSON object

Where the machine is too slow for the rate, workers begin later or not at all, and the run fails.

Exits with 1 if something grows with the number of workers, or is above what it may ever be, a worker ends in another state
than its kind, the ledger or a history does not verify, gc keeps or removes the wrong things, or something is left behind.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [minutes, rate, seed] = [values.minutes, values.rate, values.seed].map(Number);
  if (values.help || !(minutes && minutes > 0) || !(rate && rate > 0) || !Number.isInteger(seed)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const plan = planOf({ minutes, rate, seed: seed ?? 1 });
  const home = soakHome();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    console.error(`${plan.workers.length} workers in ${minutes} min, seed ${seed}, in ${home.ground}`);
    const outcome = await soak(home, plan, {
      signal: stop.signal,
      onHour: (...seen) => console.error(hourLine(...seen)),
      onFailure: (failure) => console.error(`FAILED ${failure}`),
    });
    const { samples, failures } = outcome;
    const trends = trendsOf(samples);
    if (values.json) console.log(JSON.stringify({ seed, minutes, rate, ...outcome, trends }));
    else console.log(trendTable(trends));
    console.error(summary(outcome, trends, minutes));
    if (stop.signal.aborted) return 130;
    return failures.length > 0 || trends.some(({ grows }) => grows) ? 1 : 0;
  } finally {
    await home.end();
  }
}

process.exitCode = await main();
