import { readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/**
 * User and system time of a process in ms, from /proc/PID/stat: fields 14 and 15, counted after the name in
 * parentheses.
 */
export function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
