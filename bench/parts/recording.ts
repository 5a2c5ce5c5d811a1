import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { processorMs } from '../processor.ts';
import { watcherOf } from '../watcher-process.ts';

const PROGRAM = fileURLToPath(new URL('../programs/screen.mjs', import.meta.url));
const SCREENS = [
  { what: 'a quiet worker', screen: 'quiet', fps: 1 },
  { what: 'an agent at work, 10 frames a second', screen: 'agent', fps: 10 },
  { what: 'a spinner, 10 frames a second', screen: 'spinner', fps: 10 },
  { what: '200x50, all new, 10 frames a second', screen: 'full', fps: 10 },
  { what: '200x50, all new, 60 frames a second', screen: 'full', fps: 60 },
];

/** What a recording costs the watcher, in time with and without it in turn, and on the disk. */
export async function* recording({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 2 : 3;
  const seconds = quick ? 4 : 6;
  for (const { what, screen, fps } of SCREENS) {
    yield* inHome(async function* (home) {
      const offer = (setting: 'on' | 'off') =>
        home.configure(
          [
            {
              id: 'bench-screen',
              command: [process.execPath, PROGRAM],
              env: { BENCH_SCREEN: screen, BENCH_FPS: `${fps}` },
            },
          ],
          { recording: setting },
        );
      offer('off');
      onProgress(what);
      const id = home.spawn('bench-screen');
      const pid = await watcherOf(home);
      const spent = { on: 0, off: 0 };
      for (let round = 0; round < rounds * 2; round++) {
        const setting = round % 2 === 0 ? 'off' : 'on';
        offer(setting);
        // The watcher reads the config, and writes the first frame.
        await sleep(1500);
        const before = processorMs(pid);
        await sleep(seconds * 1000);
        spent[setting] += processorMs(pid) - before;
      }
      offer('off');
      const share = (ms: number) => (ms / (rounds * seconds * 1000)) * 100;
      yield {
        what: `recording ${what}: share of a core`,
        value: share(spent.on),
        unit: '%',
        floor: { value: share(spent.off), unit: '%', what: 'without' },
      };
      await sleep(1000);
      yield* bytesPerMinute(home, id, rounds * (seconds + 1.5));
    });
  }
}

/** How much was written in so many seconds. */
function bytesPerMinute(home: BenchHome, id: string, seconds: number): Figure[] {
  const folder = join(home.folder, 'artifacts', id, 'recording');
  const files = readdirSync(folder).map((name) => join(folder, name));
  const packed = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return [{ what: '  compressed, in a minute', value: ((packed / seconds) * 60) / 1000, unit: 'KB' }];
}
