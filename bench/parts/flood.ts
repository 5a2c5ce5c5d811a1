import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { processorMs } from '../processor.ts';
import { hasProc, memoryOf, serverOf, watcherOf } from '../watcher-process.ts';

const program = (name: string) => fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));
/** The watcher gives memory back within some seconds after it was busy: first garbage, then the young generation. */
const RETURNED_MS = 15_000;
const MOST_WAIT_MS = 20 * 60_000;

/** What the watcher uses while a worker prints as fast as it can, and while one draws its screen again and again. */
export async function* flood({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  if (!hasProc) return;
  const megabytes = quick ? 20 : 500;
  yield* inHome(async function* (home) {
    onProgress(`${megabytes} MB of output`);
    yield* await printed(home, megabytes);
  });
  yield* inHome(async function* (home) {
    onProgress('a screen drawn 30 times a second');
    yield* await redrawn(home, quick ? 5 : 20);
  });
}

async function printed(home: BenchHome, megabytes: number): Promise<Figure[]> {
  const go = join(home.folder, 'go');
  const env = { BENCH_GO: go, BENCH_MB: String(megabytes) };
  home.configure([{ id: 'bench-flood', command: [process.execPath, program('flood')], env }]);
  const session = home.spawn('bench-flood');
  const watcher = await watcherOf(home);
  const server = serverOf(home, session);
  // The watcher loads what reads a terminal, and draws the first screen.
  await sleep(3000);
  const memory = memoryOf(watcher).now;
  const before = { watcher: processorMs(watcher), server: processorMs(server) };
  writeFileSync(go, '');
  const { session: row } = home.ask<{ session: { transcript_path: string } }>('session', 'show', session);
  await isThere(() => existsSync(`${go}.done`));
  await isThere(() => endOf(row.transcript_path).includes('flood over'));
  const used = processorMs(watcher) - before.watcher;
  const ofServer = processorMs(server) - before.server;
  const { peak } = memoryOf(watcher);
  await sleep(RETURNED_MS);
  const after = memoryOf(watcher).now;
  return [
    besideFloor(
      { what: `${megabytes} MB printed: watcher, processor`, value: used / 1000, unit: 's' },
      { value: ofServer / 1000, unit: 's', what: 'tmux' },
    ),
    { what: '  watcher, memory before', value: memory, unit: 'MiB' },
    { what: '  watcher, memory at most', value: peak, unit: 'MiB', budget: { atMost: 160 } },
    {
      what: '  watcher, memory after, more than before',
      value: after - memory,
      unit: 'MiB',
      budget: { atMost: 20 },
    },
  ];
}

function endOf(path: string): string {
  const bytes = Buffer.alloc(4000);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, bytes, 0, bytes.length, Math.max(0, fstatSync(file).size - bytes.length));
    return bytes.toString('latin1', 0, length);
  } finally {
    closeSync(file);
  }
}

async function isThere(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + MOST_WAIT_MS; !condition(); await sleep(500))
    if (Date.now() > end) throw new Error('the output did not reach the transcript');
}

async function redrawn(home: BenchHome, seconds: number): Promise<Figure[]> {
  const env = { BENCH_SCREEN: 'agent', BENCH_FPS: '30' };
  home.configure([{ id: 'bench-redraw', command: [process.execPath, program('screen')], env }]);
  const session = home.spawn('bench-redraw');
  const watcher = await watcherOf(home);
  const server = serverOf(home, session);
  await sleep(4000);
  const before = { watcher: processorMs(watcher), server: processorMs(server) };
  await sleep(seconds * 1000);
  const share = (ms: number) => (ms / (seconds * 1000)) * 100;
  return [
    besideFloor(
      {
        what: 'drawn 30 times a second: share of a core',
        value: share(processorMs(watcher) - before.watcher),
        unit: '%',
        budget: { atMost: 4 },
      },
      { value: share(processorMs(server) - before.server), unit: '%', what: 'tmux' },
    ),
  ];
}
