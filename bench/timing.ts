import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program, its arguments, and additions to its environment. */
export interface Program {
  words: readonly string[];
  env?: Record<string, string>;
}

/** The fastest start of any Node program: the floor for every command line. */
export const nodeFloor: Program = { words: [process.execPath, '-e', '0'] };

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value below which this share of the values lies. NaN for an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export function timed(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Runs a program to its end and returns its output; throws when it fails. */
export function run({ words, env }: Program): string {
  const [program = '', ...rest] = words;
  const result = spawnSync(program, rest, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`${words.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr}`);
}

/**
 * Milliseconds of every run of each program, as whole processes. They alternate, so that other load on the machine
 * affects all of them.
 */
export function alternating(rounds: number, programs: readonly Program[]): number[][] {
  const times = programs.map((): number[] => []);
  for (const program of programs) run(program);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of programs.entries()) times[index]?.push(timed(() => run(program)));
  }
  return times;
}

export interface Consumption {
  /** Peak memory. */
  mebibytes: number;
  /** Milliseconds of processor time, which other load on the machine does not change. */
  processor: number;
}

/** What Node programs consume, the median of several alternating runs. Each reports it at its exit, at a small cost. */
export function consumption(rounds: number, programs: readonly Program[]): Consumption[] {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const [report, preload] = [join(folder, 'report'), join(folder, 'preload.cjs')];
    writeFileSync(preload, reportAtExit(report));
    const seen = programs.map((): Consumption[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { words, ...rest }] of programs.entries()) {
        const [program = '', ...more] = words;
        run({ words: [program, '--require', preload, ...more], ...rest });
        seen[index]?.push(JSON.parse(readFileSync(report, 'utf8')) as Consumption);
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
  const report = { mebibytes: maxRSS / 1024, processor: (userCPUTime + systemCPUTime) / 1000 };
  require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(report));
});
`;
