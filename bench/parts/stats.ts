import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { alternating, median, nodeFloor } from '../timing.ts';

/** `stats --json` as a whole process: for the same window on ledgers of two sizes, and for all of the bigger one. */
export function* stats(options: BenchOptions): Generator<Figure> {
  const largest = options.quick ? 30_000 : 1_000_000;
  const questions = [
    { since: '7d', events: largest / 10 },
    { since: '7d', events: largest, atMost: 2.5 },
    { since: 'all', events: largest },
  ];
  const programs = questions.map(({ since, events }) =>
    agentpool(seededHome(events, options), 'stats', '--since', since, '--json'),
  );
  const [floor = [], ...times] = alternating(options.quick ? 10 : 20, [nodeFloor, ...programs]);
  yield* questions.map(({ since, events, atMost }, index) =>
    besideFloor(
      { what: `stats --since ${since}, ${events} events`, value: median(times[index] ?? []), unit: 'ms' },
      { value: median(floor), unit: 'ms', what: 'node -e 0' },
      atMost,
    ),
  );
}
