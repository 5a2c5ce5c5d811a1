import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/projections/projector/ledger.ts';
import { verifyLedger } from '../../src/projections/replay/verify-ledger.ts';
import type { AppendResult, AppendTask } from '../append-process.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { ProcessPool } from '../process-pool.ts';
import { median, percentile } from '../timing.ts';

const PROCESSES = [1, 4, 8];
/** AgentPool's append and the bare insert alternate, so that both run under the same load. */
const ROUNDS = 3;

/** Measures appends of one event per transaction by several processes at once, and counts lost events. */
export async function* append({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  const events = quick ? 4000 : 16_000;
  for (const processes of PROCESSES) {
    onProgress(`appends by ${processes} processes`);
    yield* await appendsBy(processes, Math.floor(events / processes));
  }
}

async function appendsBy(processes: number, events: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  const pool = await ProcessPool.of<AppendTask | 'go', AppendResult>(
    new URL('../append-process.ts', import.meta.url),
    processes,
    folder,
  );
  try {
    const file = (how: string) => join(folder, how, 'ledger.sqlite');
    const rounds: Record<AppendTask['how'], AppendResult[][]> = { raw: [], ledger: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const how of ['raw', 'ledger'] as const) {
        await pool.askAll((member) => ({ how, file: file(how), events, seed: round * processes + member }));
        rounds[how].push(await pool.askAll(() => 'go'));
      }
    }
    const appended = timesOf(rounds.ledger);
    return [
      ...speed(processes, rounds),
      ...waits(processes, appended, timesOf(rounds.raw)),
      { what: '  lost', value: lost(file('ledger'), appended.length), unit: 'events', budget: { atMost: 0 } },
    ];
  } finally {
    pool.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function speed(processes: number, { raw, ledger }: Record<AppendTask['how'], AppendResult[][]>): Figure[] {
  return [
    {
      what: `append, ${processes} at once`,
      value: median(ledger.map(rate)),
      unit: 'events/s',
      floor: { value: median(raw.map(rate)), unit: 'events/s', what: 'bare' },
      ...(processes === 1 ? { budget: { atLeast: 12_000 } } : {}),
    },
  ];
}

const timesOf = (rounds: readonly AppendResult[][]) => rounds.flat().flatMap(({ times }) => times);

function waits(processes: number, ours: readonly number[], bare: readonly number[]): Figure[] {
  const wait = (what: string, of: (times: readonly number[]) => number): Figure => ({
    what: `  ${what}`,
    value: of(ours),
    unit: 'ms',
    floor: { value: of(bare), unit: 'ms', what: 'bare' },
  });
  return [
    wait('p50', median),
    {
      ...wait('p99', (times) => percentile(times, 0.99)),
      ...(processes === 8 ? { budget: { atMost: 5 } } : {}),
    },
    wait('longest', (times) => percentile(times, 1)),
  ];
}

/** Events per second of all processes together, from the first start to the last end. */
function rate(results: readonly AppendResult[]): number {
  const began = Math.min(...results.map((result) => result.began));
  const ended = Math.max(...results.map((result) => result.ended));
  const events = results.reduce((sum, { times }) => sum + times.length, 0);
  return (events / Math.max(1, ended - began)) * 1000;
}

/** How many of the acknowledged appends the ledger lacks. Throws when the ledger is invalid. */
function lost(file: string, appended: number): number {
  const ledger = openLedger(file);
  try {
    const verification = verifyLedger(ledger);
    if (!verification.ok) throw new Error(`the ledger is invalid: ${JSON.stringify(verification)}`);
    return appended - verification.last_position;
  } finally {
    ledger.close();
  }
}
