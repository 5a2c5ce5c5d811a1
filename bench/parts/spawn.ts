import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { median, nodeFloor, run, timed } from '../timing.ts';

/** `spawn` of a fake worker as a whole process: with a running watcher, and with one that must be started too. */
export async function* spawn({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 3 : 10;
  yield* inHome(function* (home) {
    home.offer({ id: 'bench-idle', program: 'fake-idle' });
    onProgress('spawns without a watcher');
    yield figure(
      'spawn, without a watcher',
      spawns(home, rounds, () => home.ask('watcher', 'stop')),
    );
    onProgress('spawns with a watcher');
    home.spawn('bench-idle');
    yield figure(
      'spawn, with a watcher',
      spawns(home, rounds, () => {}),
      2.5,
    );
  });
}

/** Milliseconds of each spawn, and of a `node -e 0` right before it. */
function spawns(home: BenchHome, rounds: number, before: () => void) {
  const times: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    before();
    floors.push(timed(() => run(nodeFloor)));
    let session = '';
    times.push(
      timed(() => {
        session = home.spawn('bench-idle');
      }),
    );
    home.terminate(session);
  }
  return { times, floors };
}

const figure = (what: string, { times, floors }: ReturnType<typeof spawns>, atMost?: number) =>
  besideFloor(
    { what, value: median(times), unit: 'ms' },
    { value: median(floors), unit: 'ms', what: 'node -e 0' },
    atMost,
  );
