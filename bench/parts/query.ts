import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { alternating, type Consumption, consumption, median, nodeFloor } from '../timing.ts';

/** `sessions --recent 10 --json` as a whole process, on ledgers of several sizes. */
export function* query(options: BenchOptions): Generator<Figure> {
  const sizes = options.quick ? [0, 30_000] : [0, 100_000, 1_000_000];
  const programs = sizes.map((events) =>
    agentpool(seededHome(events, options), 'sessions', '--recent', '10', '--json'),
  );
  const rounds = options.quick ? 10 : 20;
  const [floor = [], ...times] = alternating(rounds, [nodeFloor, ...programs]);
  const [least, ...consumed] = consumption(rounds / 2, [nodeFloor, ...programs]);
  yield* sizes.flatMap((events, index) => {
    const ms = median(times[index] ?? []);
    const consumes = consumed[index];
    return [
      besideFloor(
        { what: `sessions --recent 10, ${events} events`, value: ms, unit: 'ms' },
        { value: median(floor), unit: 'ms', what: 'node -e 0' },
        1.2,
      ),
      ...(consumes && least ? consumptionFigures(consumes, least) : []),
    ];
  });
}

function consumptionFigures(ours: Consumption, least: Consumption): Figure[] {
  const what = 'node -e 0';
  return [
    besideFloor(
      { what: '  processor time', value: ours.processor, unit: 'ms' },
      { value: least.processor, unit: 'ms', what },
      1.45,
    ),
    besideFloor(
      { what: '  peak memory', value: ours.mebibytes, unit: 'MiB' },
      { value: least.mebibytes, unit: 'MiB', what },
    ),
  ];
}
