import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Linux counts a process's time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** User and system time of a process in ms, from /proc/PID/stat. */
export const processorMs = (pid: number): number => ticks(pid, USED) * TICK_MS;

/** The same, with that of its children that have ended. */
export const processorMsWithChildren = (pid: number): number =>
  ticks(pid, [...USED, ...USED_BY_CHILDREN]) * TICK_MS;

const run = promisify(execFile);

/**
 * Runs a program and returns its output and its user and system time in ms, with that of all processes that it has
 * waited for. @throws if it fails.
 */
export async function processorOf(
  words: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<{ stdout: string; ms: number }> {
  const script = '"$@" || exit; times';
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', ...words], {
    ...options,
    maxBuffer: 64 << 20,
  });
  const lines = stdout.trimEnd().split('\n');
  const ofChildren = lines.at(-1) ?? '';
  const ms = [...ofChildren.matchAll(/(\d+)m([\d.,]+)s/g)].reduce(
    (sum, [, minutes, seconds = '']) =>
      sum + Number(minutes) * 60_000 + Number(seconds.replace(',', '.')) * 1000,
    0,
  );
  return { stdout: lines.slice(0, -2).join('\n'), ms };
}

/** Fields 14 and 15, and 16 and 17, counted after the name in parentheses. */
const USED = [11, 12];
const USED_BY_CHILDREN = [13, 14];

function ticks(pid: number, fields: readonly number[]): number {
  const all = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.reduce((sum, field) => sum + Number(all[field]), 0);
}
