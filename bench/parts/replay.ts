import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { alternating, median, nodeFloor, run } from '../timing.ts';

/** `replay SESSION --verify` as a whole process, for the newest worker of a large ledger. */
export function* replay(options: BenchOptions): Generator<Figure> {
  const events = options.quick ? 30_000 : 1_000_000;
  const home = seededHome(events, options);
  const { sessions } = JSON.parse(run(agentpool(home, 'sessions', '--all', '--limit', '1', '--json'))) as {
    sessions: { id: string }[];
  };
  const verify = agentpool(home, 'replay', sessions[0]?.id ?? '', '--verify', '--json');
  const [floor = [], times = []] = alternating(options.quick ? 10 : 20, [nodeFloor, verify]);
  yield besideFloor(
    { what: `replay --verify, ${events} events`, value: median(times), unit: 'ms' },
    { value: median(floor), unit: 'ms', what: 'node -e 0' },
    2.5,
  );
}
