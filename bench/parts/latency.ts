import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { median, nodeFloor, percentile, run, timed } from '../timing.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** Long enough for `observe` to have started to wait. */
const WAITING_MS = 1500;

/** From the moment a worker prints its question to the exit of the `observe` that waits for it, beside quiet workers. */
export async function* latency({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 5 : 100;
  const counts = quick ? [0, 10] : [0, 49];
  for (const quiet of counts) {
    yield* inHome(async function* (home) {
      onProgress(`starting ${quiet + 1} workers`);
      const asker = start(home, quiet);
      const times: number[] = [];
      const floors: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        onProgress(`question ${round} of ${rounds}`);
        floors.push(timed(() => run(nodeFloor)));
        times.push(await asked(home, asker, round));
      }
      const what = `a question of 1 of ${quiet + 1} workers is reported`;
      yield besideFloor(
        { what, value: median(times), unit: 'ms' },
        { value: median(floors), unit: 'ms', what: 'node -e 0' },
      );
      yield { what: '  p99', value: percentile(times, 0.99), unit: 'ms', budget: { atMost: 150 } };
    });
  }
}

/** Starts the quiet workers and the one that asks; returns the session of that. */
function start(home: BenchHome, quiet: number): string {
  const command = (path: string) => [process.execPath, fixture(path)];
  const env = { BENCH_ASK: join(home.folder, 'ask') };
  home.configure([
    { id: 'bench-idle', command: command('fixtures/agents/fake-idle.mjs') },
    { id: 'bench-asker', command: command('bench/programs/asker.mjs'), env },
  ]);
  const sessions = Array.from({ length: quiet }, () => home.spawn('bench-idle'));
  for (const session of sessions) home.ask('observe', session, '--wait-for', 'idle', '--timeout', '60');
  return home.spawn('bench-asker');
}

async function asked(home: BenchHome, session: string, round: number): Promise<number> {
  const file = join(home.folder, `ask.${round}`);
  const waiting = begin(home, 'observe', session, '--wait-for', 'question', '--timeout', '60', '--json');
  const ended = once(waiting, 'exit');
  await sleep(WAITING_MS);
  writeFileSync(file, '');
  const [code] = await ended;
  const exited = Date.now();
  if (code !== 0) throw new Error(`observe ended with ${code}`);
  home.ask('send', session, 'The first one');
  return exited - Number(readFileSync(`${file}.printed`, 'utf8'));
}

function begin(home: BenchHome, ...words: string[]): ChildProcess {
  const { words: all, env } = agentpool(home.folder, ...words);
  const [program = '', ...rest] = all;
  return spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
}
