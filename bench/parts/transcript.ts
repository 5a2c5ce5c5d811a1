import { readFileSync } from 'node:fs';
import { agentpool } from '../agentpool.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { type BenchHome, inHome } from '../home.ts';
import { run } from '../timing.ts';

/** Whether every line that a worker printed is in its transcript, once. */
export async function* transcript({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const floods = [
    { id: 'bench-second', lines: 2000, rate: '2000', what: '2,000 lines in one second' },
    ...(quick ? [] : [{ id: 'bench-flood', lines: 100_000, rate: '', what: '100,000 lines at once' }]),
  ];
  yield* inHome(function* (home) {
    home.offer(
      ...floods.map(({ id, lines, rate }) => ({
        id,
        program: 'fake-flood',
        env: { FAKE_LINES: String(lines), ...(rate ? { FAKE_RATE: rate } : {}) },
      })),
    );
    for (const { id, lines, what } of floods) {
      onProgress(what);
      yield* fidelity(home, id, lines, what);
    }
  });
}

function fidelity(home: BenchHome, provider: string, lines: number, what: string): Figure[] {
  const session = home.spawn(provider);
  home.ask('observe', session, '--wait-for', 'completed', '--timeout', '300');
  // The watcher may still be writing its last lines when it reports the end: `collect` waits for it.
  home.ask('collect', session);
  const { session: row } = home.ask<{ session: { transcript_path: string } }>('session', 'show', session);
  const seen = numbersIn(readFileSync(row.transcript_path, 'utf8'));
  run(agentpool(home.folder, 'terminate', session));
  const distinct = new Set(seen);
  return [
    {
      what: `transcript of ${what}: missing`,
      value: lines - distinct.size,
      unit: 'lines',
      budget: { atMost: 0 },
    },
    { what: '  twice', value: seen.length - distinct.size, unit: 'lines', budget: { atMost: 0 } },
    { what: '  out of order', value: disordered(seen), unit: 'lines', budget: { atMost: 0 } },
  ];
}

/** The line numbers of fake-flood, in the order of the transcript. */
const numbersIn = (text: string) =>
  Array.from(text.matchAll(/^line (\d{6}) the quick brown fox jumps over the lazy dog$/gm), ([, number]) =>
    Number(number),
  );

const disordered = (numbers: readonly number[]) =>
  numbers.filter((number, index) => index > 0 && number < (numbers[index - 1] ?? 0)).length;
