import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions, Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { processorMsWithChildren } from '../processor.ts';
import { descriptorsOf, hasProc, memoryOf } from '../watcher-process.ts';
import { questionLatency } from './observe.ts';

/** The watcher's cost while its workers are idle, and how soon it reports a question among them. */
export async function* watcher({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const counts = quick ? [1, 10] : [1, 50];
  const seconds = quick ? 3 : 10;
  for (const workers of counts) {
    yield* inHome(async function* (home) {
      home.offer({ id: 'bench-idle', program: 'fake-idle' });
      onProgress(`starting ${workers} workers`);
      const sessions = Array.from({ length: workers }, () => home.spawn('bench-idle'));
      for (const session of sessions) home.ask('observe', session, '--wait-for', 'idle', '--timeout', '60');
      onProgress(`watching ${workers} idle workers for ${seconds} s`);
      yield* await idleCost(home, workers, seconds);
      for (const figure of await questionLatency(home, quick ? 2 : 20, onProgress)) {
        yield { ...figure, what: `${figure.what}, beside ${workers} idle workers` };
      }
    });
  }
}

async function idleCost(home: BenchHome, workers: number, seconds: number): Promise<Figure[]> {
  const { pid } = home.ask<{ pid: number }>('watcher', 'status');
  const label = workers === 1 ? '1 idle worker' : `${workers} idle workers`;
  if (!hasProc) return [];
  const before = processorMsWithChildren(pid);
  await sleep(seconds * 1000);
  const share = ((processorMsWithChildren(pid) - before) / (seconds * 1000)) * 100;
  return [
    {
      what: `watcher, ${label}: share of a core`,
      value: share,
      unit: '%',
      budget: { atMost: workers === 1 ? 0.3 : 1 },
    },
    { what: '  memory', value: memoryOf(pid).now, unit: 'MiB' },
    { what: '  open files', value: descriptorsOf(pid), unit: 'files', budget: { atMost: workers + 24 } },
  ];
}
