import { readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** User and system time of a process in ms, from /proc/PID/stat. */
export const processorMs = (pid: number): number => ticks(pid, USED) * TICK_MS;

/** The same, with that of its children that have ended. */
export const processorMsWithChildren = (pid: number): number =>
  ticks(pid, [...USED, ...USED_BY_CHILDREN]) * TICK_MS;

/** Fields 14 and 15, and 16 and 17, counted after the name in parentheses. */
const USED = [11, 12];
const USED_BY_CHILDREN = [13, 14];

function ticks(pid: number, fields: readonly number[]): number {
  const all = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.reduce((sum, field) => sum + Number(all[field]), 0);
}
