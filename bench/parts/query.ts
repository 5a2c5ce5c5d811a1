import { agentpool } from '../agentpool.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { median, nodeFloor, peakMemory, takingTurns } from '../timing.ts';

/** `sessions --recent 10 --json` as a whole process, on ledgers of several sizes. */
export function query(options: BenchOptions): Figure[] {
  const sizes = options.quick ? [0, 100_000] : [0, 100_000, 1_000_000];
  const programs = sizes.map((events) =>
    agentpool(seededHome(events, options), 'sessions', '--recent', '10', '--json'),
  );
  const floorMemory = peakMemory(nodeFloor);
  const [floor = [], ...times] = takingTurns(options.quick ? 10 : 20, [nodeFloor, ...programs]);
  return sizes.flatMap((events, index) => {
    const ms = median(times[index] ?? []);
    const program = programs[index];
    return [
      {
        what: `sessions --recent 10, ${events} events`,
        value: ms,
        unit: 'ms' as const,
        floor: { value: median(floor), unit: 'ms' as const, what: 'node -e 0' },
      },
      { what: '  in units of node -e 0', value: ms / median(floor), unit: 'x', budget: { atMost: 1.45 } },
      {
        what: '  memory at its peak',
        value: program ? peakMemory(program) : Number.NaN,
        unit: 'MiB',
        floor: { value: floorMemory, unit: 'MiB', what: 'node -e 0' },
      },
    ];
  });
}
