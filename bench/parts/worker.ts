import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { median, nodeFloor, run, timed } from '../timing.ts';

/** The commands on a running worker, each as a whole process with a running watcher. */
export async function* worker({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 3 : 10;
  yield* inHome(function* (home) {
    home.offer(
      { id: 'bench-idle', program: 'fake-idle' },
      // Goes on with its work, as real agents do: a screen that no rule knows must stay before it is believed.
      { id: 'bench-menu', program: 'fake-menu', env: { FAKE_MENU: 'works' } },
      { id: 'bench-done', program: 'fake-completed' },
    );
    for (const { command, prepare, words } of commands(home)) {
      onProgress(command);
      const { times, floors } = measured(home, rounds, prepare, words);
      yield besideFloor(
        { what: command, value: median(times), unit: 'ms' },
        { value: median(floors), unit: 'ms', what: 'node -e 0' },
        2.2,
      );
    }
  });
}

interface Measurement {
  command: string;
  /** Brings a worker to where the command applies; returns its session id. */
  prepare(): string;
  words(session: string): string[];
}

function commands(home: BenchHome): Measurement[] {
  const waitingFor = (provider: string, event: string) => () => {
    const session = home.spawn(provider);
    home.ask('observe', session, '--wait-for', event, '--timeout', '60');
    return session;
  };
  const idle = waitingFor('bench-idle', 'idle');
  return [
    { command: 'observe', prepare: idle, words: (session) => ['observe', session] },
    { command: 'send', prepare: idle, words: (session) => ['send', session, 'Go on'] },
    {
      command: 'answer',
      prepare: waitingFor('bench-menu', 'approval_prompt'),
      words: (session) => ['answer', session, '--choice', '1'],
    },
    {
      command: 'collect',
      prepare: waitingFor('bench-done', 'completed'),
      words: (session) => ['collect', session],
    },
    { command: 'terminate', prepare: idle, words: (session) => ['terminate', session] },
  ];
}

/** Milliseconds of each run on a new worker, and of a `node -e 0` right before it. */
function measured(
  home: BenchHome,
  rounds: number,
  prepare: () => string,
  words: (session: string) => string[],
) {
  const times: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const session = prepare();
    floors.push(timed(() => run(nodeFloor)));
    times.push(timed(() => home.ask(...words(session))));
    home.terminate(session);
  }
  return { times, floors };
}
