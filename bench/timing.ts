import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program, its words, and what its environment has beside ours. */
export interface Program {
  words: readonly string[];
  env?: Record<string, string>;
}

/** Nothing starts sooner: what every command line on Node is held against. */
export const nodeFloor: Program = { words: [process.execPath, '-e', '0'] };

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value below which such a share of them lies. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export function timed(work: () => unknown): number {
  const begun = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

/** Runs a program to its end and gives what it printed; throws when it fails. */
export function run({ words, env }: Program): string {
  const [program = '', ...rest] = words;
  const ended = spawnSync(program, rest, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (ended.status === 0) return ended.stdout;
  throw new Error(`${words.join(' ')} ended with ${ended.status ?? ended.signal}: ${ended.stderr}`);
}

/**
 * Milliseconds of every run of each program, as whole processes. They take turns: whatever else the machine does in
 * that minute, it does to all of them.
 */
export function takingTurns(rounds: number, programs: readonly Program[]): number[][] {
  const times = programs.map((): number[] => []);
  for (const program of programs) run(program);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of programs.entries()) times[index]?.push(timed(() => run(program)));
  }
  return times;
}

export interface Consumption {
  /** The most memory that it had at once. */
  mebibytes: number;
  /** Milliseconds of processor time: what a run costs however much else the machine does meanwhile. */
  processor: number;
}

/** What Node programs consume, the median of some runs in turns. Each is asked for it at its end, which costs a little. */
export function consumption(rounds: number, programs: readonly Program[]): Consumption[] {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const [reported, preload] = [join(folder, 'told'), join(folder, 'tell.cjs')];
    writeFileSync(preload, reportAtExit(reported));
    const seen = programs.map((): Consumption[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { words, ...rest }] of programs.entries()) {
        const [program = '', ...more] = words;
        run({ words: [program, '--require', preload, ...more], ...rest });
        seen[index]?.push(JSON.parse(readFileSync(reported, 'utf8')) as Consumption);
      }
    }
    return seen.map((each) => ({
      mebibytes: median(each.map(({ mebibytes }) => mebibytes)),
      processor: median(each.map(({ processor }) => processor)),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const reportAtExit = (file: string) => `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const told = { mebibytes: maxRSS / 1024, processor: (userCPUTime + systemCPUTime) / 1000 };
  require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(told));
});
`;
