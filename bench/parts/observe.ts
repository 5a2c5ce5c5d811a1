import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentpool } from '../agentpool.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { median, percentile } from '../timing.ts';

/** Long enough for `observe` to have started to wait. */
const QUESTION_DELAY_MS = 2500;

/** From the moment a worker prints its question to the exit of the `observe` that waits for it. */
export async function* observe({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  yield* inHome(async function* (home) {
    yield* await questionLatency(home, quick ? 3 : 20, onProgress);
  });
}

/** Median and longest latency over `rounds` questions; also used with other workers in the home. */
export async function questionLatency(
  home: BenchHome,
  rounds: number,
  onProgress: BenchOptions['onProgress'],
): Promise<Figure[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    onProgress(`question ${round + 1} of ${rounds}`);
    times.push(await latencyOfQuestion(home, round));
  }
  return [
    {
      what: 'question printed -> observe has exited',
      value: median(times),
      unit: 'ms',
      budget: { atMost: 80 },
    },
    { what: '  longest', value: percentile(times, 1), unit: 'ms', budget: { atMost: 200 } },
  ];
}

async function latencyOfQuestion(home: BenchHome, round: number): Promise<number> {
  const stamp = join(home.folder, `asked-${round}`);
  const env = { FAKE_STAMP: stamp, FAKE_DELAY_MS: String(QUESTION_DELAY_MS) };
  home.offer({ id: 'bench-question', program: 'fake-slow-question', env });
  const session = home.spawn('bench-question');
  const waiting = start(home, 'observe', session, '--wait-for', 'question', '--timeout', '60', '--json');
  let printed = '';
  waiting.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(waiting, 'exit');
  const exited = Date.now();
  const { event } = JSON.parse(printed || '{}') as { event?: string };
  if (code !== 0 || event !== 'question') throw new Error(`observe ended with ${code}: ${printed}`);
  while (!existsSync(stamp)) await sleep(5);
  home.terminate(session);
  return exited - Number(readFileSync(stamp, 'utf8'));
}

function start(home: BenchHome, ...words: string[]): ChildProcess {
  const { words: all, env } = agentpool(home.folder, ...words);
  const [program = '', ...rest] = all;
  return spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
}
