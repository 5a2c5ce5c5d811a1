import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/projections/projector/ledger.ts';
import { verifyLedger } from '../../src/projections/replay/verify-ledger.ts';
import type { AppendResult } from '../append-process.ts';
import type { AppendTask } from '../append-task.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { pagesOfAppends } from '../pages.ts';
import { ProcessPool } from '../process-pool.ts';
import { median, percentile } from '../timing.ts';

const PROCESSES = [1, 4, 8];
/** Of the rate of a bare insert, by the number of processes. */
const LEAST_RATIO: Record<number, number> = { 1: 0.2, 8: 0.12 };
/** AgentPool's append and the bare insert alternate, so that both run under the same load. */
const ROUNDS = 3;
/** Appends per second and process: more than a busy pool makes. */
const PACE = 25;

type Rounds = Record<AppendTask['how'], AppendResult[][]>;

/** Measures appends of one event per transaction by several processes at once, and counts lost events. */
export async function* append({ quick, onProgress }: BenchOptions): AsyncGenerator<Figure> {
  yield* pages(quick ? 2000 : 10_000);
  const events = quick ? 4000 : 16_000;
  for (const processes of PROCESSES) {
    onProgress(`appends by ${processes} processes`);
    const { rounds, lost } = await appendsBy(processes, { events: Math.floor(events / processes) });
    yield* [...speed(processes, rounds), ...waits(rounds), missing(lost)];
  }
  onProgress(`appends by 8 processes, ${PACE} per second each`);
  const { rounds, lost } = await appendsBy(8, { events: (quick ? 4 : 12) * PACE, pace: PACE });
  yield* [...paced(rounds), missing(lost)];
}

function pages(events: number): Figure[] {
  const [ours, bare] = [pagesOfAppends('ledger', events), pagesOfAppends('raw', events)];
  return [
    {
      what: 'pages an append',
      value: ours,
      unit: 'pages',
      floor: { value: bare, unit: 'pages', what: 'bare' },
      budget: { atMost: 5 },
    },
  ];
}

async function appendsBy(
  processes: number,
  load: Pick<AppendTask, 'events' | 'pace'>,
): Promise<{ rounds: Rounds; lost: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  const pool = await ProcessPool.of<AppendTask | 'go', AppendResult>(
    new URL('../append-process.ts', import.meta.url),
    processes,
    folder,
  );
  try {
    const file = (how: string) => join(folder, how, 'ledger.sqlite');
    const rounds: Rounds = { raw: [], ledger: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const how of ['raw', 'ledger'] as const) {
        await pool.askAll((member) => ({ how, file: file(how), ...load, seed: round * processes + member }));
        rounds[how].push(await pool.askAll(() => 'go'));
      }
    }
    return { rounds, lost: lostOf(file('ledger'), timesOf(rounds.ledger).length) };
  } finally {
    pool.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function speed(processes: number, { raw, ledger }: Rounds): Figure[] {
  const ratio = LEAST_RATIO[processes];
  const perAppend = ({ times, processor }: AppendResult) => processor / times.length;
  return [
    ...besideFloor(
      { what: `append, ${processes} at once`, value: median(ledger.map(rate)), unit: 'events/s' },
      { value: median(raw.map(rate)), unit: 'events/s', what: 'bare' },
    ).map((figure) =>
      figure.unit === 'x' && ratio !== undefined ? { ...figure, budget: { atLeast: ratio } } : figure,
    ),
    {
      what: '  processor time',
      value: median(ledger.flat().map(perAppend)),
      unit: 'ms',
      floor: { value: median(raw.flat().map(perAppend)), unit: 'ms', what: 'bare' },
    },
  ];
}

const timesOf = (rounds: readonly AppendResult[][]) => rounds.flat().flatMap(({ times }) => times);

function waits({ ledger, raw }: Rounds): Figure[] {
  const wait = (what: string, share: number): Figure => ({
    what: `  ${what}`,
    value: percentile(timesOf(ledger), share),
    unit: 'ms',
    floor: { value: percentile(timesOf(raw), share), unit: 'ms', what: 'bare' },
  });
  return [wait('p50', 0.5), wait('p99', 0.99), wait('longest', 1)];
}

/** What a command waits for in a pool that is busy, but not with nothing else than appends. */
function paced({ ledger, raw }: Rounds): Figure[] {
  const at = (share: number) => ({
    value: percentile(timesOf(ledger), share),
    unit: 'ms' as const,
    floor: { value: percentile(timesOf(raw), share), unit: 'ms' as const, what: 'bare' },
  });
  const p99 = at(0.99);
  return [
    { what: `append, 8 at ${PACE} per second, p50`, ...at(0.5) },
    ...besideFloor({ what: '  p99', value: p99.value, unit: 'ms' }, p99.floor, 5),
    { what: '  longest', ...at(1) },
  ];
}

/** Events per second of all processes together, from the first start to the last end. */
function rate(results: readonly AppendResult[]): number {
  const began = Math.min(...results.map((result) => result.began));
  const ended = Math.max(...results.map((result) => result.ended));
  const events = results.reduce((sum, { times }) => sum + times.length, 0);
  return (events / Math.max(1, ended - began)) * 1000;
}

const missing = (lost: number): Figure => ({
  what: '  lost',
  value: lost,
  unit: 'events',
  budget: { atMost: 0 },
});

/** How many of the acknowledged appends the ledger lacks. Throws when the ledger is invalid. */
function lostOf(file: string, appended: number): number {
  const ledger = openLedger(file);
  try {
    const verification = verifyLedger(ledger);
    if (!verification.ok) throw new Error(`the ledger is invalid: ${JSON.stringify(verification)}`);
    return appended - verification.last_position;
  } finally {
    ledger.close();
  }
}
