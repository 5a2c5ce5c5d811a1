import { isWithin } from '../files/within.ts';
import { linkOf, openFiles } from './open-files.ts';
import { environment, hasProc, pidsInProc, processEntry, type ReadEnvironment } from './process-table.ts';

/**
 * The descriptor by which the processes of a worker hold its folder open. Children inherit it, also those that are
 * started with `env -i setsid`; one that closes all descriptors loses it.
 */
export const HOLDING = 7;

/** What is a worker's alone. */
export interface WorkerTraces {
  folder: string | null;
  terminal: string | null;
  /** The folder that its processes hold open. */
  held: string | null;
}

/**
 * This user's processes that have lost their environment (no HOME, as `env -i` leaves it) and work in the worker's
 * folder, hold its terminal, or hold its folder open. Empty where there is no /proc.
 */
export function straysOf(
  { folder, terminal, held }: WorkerTraces,
  read: ReadEnvironment = environment,
): Set<number> {
  const isInside = (path: string | null) => folder !== null && path !== null && isWithin(path, folder);
  return new Set(
    withoutEnvironment(read).filter(
      (pid) =>
        isInside(linkOf(`/proc/${pid}/cwd`)) ||
        (held !== null && heldBy(pid) === held) ||
        (terminal !== null && openFiles(pid).some((path) => path === terminal)),
    ),
  );
}

/**
 * The folders in which this user's processes work that have lost their environment, except for this process and those
 * that it descends from. Empty where there is no /proc.
 */
export function strayFolders(): string[] {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = processEntry(pid)?.parent ?? 0) line.add(pid);
  return withoutEnvironment(environment).flatMap((pid) =>
    line.has(pid) ? [] : (linkOf(`/proc/${pid}/cwd`) ?? []),
  );
}

/** The folders that processes without an environment hold open. Empty where there is no /proc. */
export const heldFolders = (): string[] =>
  withoutEnvironment(environment).flatMap((pid) => heldBy(pid) ?? []);

/** A worker's own agentpool and tmux have inherited the descriptor too, but they have an environment. */
const withoutEnvironment = (read: ReadEnvironment): number[] =>
  hasProc
    ? pidsInProc().filter(
        (pid) => !read(pid).some((each) => /^(?:HOME|USER|LOGNAME|AGENTPOOL_SESSION_ID)=/.test(each)),
      )
    : [];

/** Linux adds a remark to the path of a folder that has been removed. */
const heldBy = (pid: number): string | null =>
  linkOf(`/proc/${pid}/fd/${HOLDING}`)?.replace(/ \(deleted\)$/, '') ?? null;
