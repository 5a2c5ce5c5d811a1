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

/** The most memory that a Node program had at once, in MiB; it tells so itself when it ends. */
export function peakMemory({ words, env }: Program): number {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const [told, preload] = [join(folder, 'kib'), join(folder, 'tell.cjs')];
    const text = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(told)}, String(process.resourceUsage().maxRSS)));`;
    writeFileSync(preload, text);
    const [program = '', ...rest] = words;
    run({ words: [program, '--require', preload, ...rest], ...(env ? { env } : {}) });
    return Number(readFileSync(told, 'utf8')) / 1024;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
