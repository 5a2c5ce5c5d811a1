import { tmpdir } from 'node:os';
import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { alternating, median, nodeFloor } from '../timing.ts';

/** How soon a command that does nothing else has printed its text. */
export function* start({ quick }: BenchOptions): Generator<Figure> {
  const flags = ['--version', '--help'];
  const programs = flags.map((flag) => agentpool(tmpdir(), flag));
  const [floor = [], ...times] = alternating(quick ? 10 : 20, [nodeFloor, ...programs]);
  yield* flags.map((flag, index) =>
    besideFloor(
      { what: `agentpool ${flag}`, value: median(times[index] ?? []), unit: 'ms' },
      { value: median(floor), unit: 'ms', what: 'node -e 0' },
    ),
  );
}
