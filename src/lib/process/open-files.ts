import { readdirSync, readlinkSync } from 'node:fs';

/** The files that a process holds open; empty where there is no /proc, and for a process that is gone or another user's. */
export function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => linkOf(`/proc/${pid}/fd/${name}`) ?? []);
  } catch {
    return [];
  }
}

/** Null for a process that is gone or belongs to another user. */
export function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
