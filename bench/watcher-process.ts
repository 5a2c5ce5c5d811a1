import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentpool } from './agentpool.ts';
import type { BenchHome } from './home.ts';
import { run } from './timing.ts';

/** Only Linux has /proc. */
export const hasProc = existsSync('/proc/self/stat');

/** The process id of the watcher of a home, once it runs. */
export async function watcherOf(home: BenchHome): Promise<number> {
  for (;;) {
    const { pid, running } = home.ask<{ pid: number; running: boolean }>('watcher', 'status');
    if (running) return pid;
    await sleep(200);
  }
}

/** The process id of the terminal server of a worker. */
export function serverOf(home: BenchHome, session: string): number {
  const line = run(agentpool(home.folder, 'events', session, '--type', 'worker.started', '--json'));
  return (JSON.parse(line.split('\n')[0] ?? '') as { data: { server: { pid: number } } }).data.server.pid;
}

/** MiB that a process has in memory now, and had at most. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
