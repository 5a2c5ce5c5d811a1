import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../time/monotonic.ts';
import {
  environmentsNow,
  type ProcessEntry,
  type ProcessIdentity,
  pidsWithVariable,
  processEntry,
  processTree,
  terminalOf,
  withCommand,
} from './process-table.ts';
import { straysOf } from './strays.ts';

export type { ProcessEntry, ProcessIdentity } from './process-table.ts';
export { ageOf, processTable } from './process-table.ts';

export interface EndedProcess {
  pid: number;
  /** Not redacted. */
  command: string;
  /** The strongest signal that was sent to it. */
  signal: 'SIGTERM' | 'SIGKILL';
}

/** Null if there is no such process, or only a zombie. */
export function identity(pid: number): ProcessIdentity | null {
  const entry = processEntry(pid);
  return entry && !entry.zombie ? { pid, started: entry.started } : null;
}

/** This process, as events and locks name it. */
export function ownIdentity(): ProcessIdentity {
  const own = identity(process.pid);
  if (!own) throw new Error('this process is not in the process table');
  return own;
}

/** False if the process is gone or its pid has been reused. */
export function isAlive(process: ProcessIdentity): boolean {
  return identity(process.pid)?.started === process.started;
}

export interface WorkerTree {
  /** The worker's AGENTPOOL_SESSION_ID, which also finds processes that left its tree. */
  sessionId: string;
  /** The pane's process; null if it has exited, because tmux still reports its pid, which may have been reused. */
  root: ProcessIdentity | null;
  /** Processes that were found to be part of it before, whatever has become of their parents since. */
  known?: readonly ProcessIdentity[];
  /** A folder of the worker alone: processes in it without any environment are its own. */
  folder?: string | null;
  /** The folder that its processes hold open, whatever has become of their environment. */
  held?: string | null;
  /** Processes that are never part of a worker, whatever their environment: the tmux server, the watcher. */
  spare?: readonly number[];
}

/**
 * All live processes of a worker: the tree below its root, and processes with its session id and their descendants.
 * Excludes this process; includes its ancestors only if they are below the worker's root.
 */
export function workerProcesses({
  sessionId,
  root,
  known = [],
  folder = null,
  held = null,
  spare = [],
}: WorkerTree): ProcessEntry[] {
  const table = processTree();
  const read = environmentsNow();
  const children = byParent(table);
  const rootEntry = table.find(({ pid, started }) => pid === root?.pid && started === root.started);
  const starts = new Map(known.map(({ pid, started }) => [pid, started]));
  const remembered = table.filter(({ pid, started }) => starts.get(pid) === started);
  const tree = withDescendants(
    [...(rootEntry ? [rootEntry] : []), ...remembered].map(({ pid }) => pid),
    children,
  );
  const terminal = rootEntry ? terminalOf(rootEntry.pid) : null;
  const marked = withDescendants(
    [
      ...pidsWithVariable('AGENTPOOL_SESSION_ID', sessionId, read),
      ...straysOf({ folder, terminal, held }, read),
    ],
    children,
  );
  const parents = new Map(table.map((entry) => [entry.pid, entry.parent]));
  // The root's parent is the tmux server, which also serves the other workers.
  const spared = new Set([process.pid, rootEntry?.parent ?? 0, ...spare]);
  for (let pid = parents.get(process.pid); pid; pid = parents.get(pid)) if (!tree.has(pid)) spared.add(pid);
  return table
    .filter(({ pid, zombie }) => (tree.has(pid) || marked.has(pid)) && !spared.has(pid) && pid > 1 && !zombie)
    .map(withCommand);
}

function byParent(table: readonly Pick<ProcessEntry, 'pid' | 'parent'>[]): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of table) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  return children;
}

function withDescendants(roots: number[], children: Map<number, number[]>): Set<number> {
  const found = new Set<number>();
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** The first and the longest pause: most processes end within a few milliseconds of TERM. */
const POLL_MS = 2;
const LONGEST_POLL_MS = 20;
/** A process that survives KILL for this long hangs in the kernel; waiting longer does not help. */
const killedMs = 5000;

/**
 * Ends all processes that `find` returns, including new ones: TERM, then KILL after the grace period. Returns the ended
 * processes in the order in which they were found. `find` is given those found before: one that outlives its parent, and
 * has lost its environment, is found by nothing else. `first`: what it has just returned.
 */
export async function endProcesses(
  find: (known: readonly ProcessIdentity[]) => ProcessEntry[] | Promise<ProcessEntry[]>,
  { graceMs, first }: { graceMs: number; first?: ProcessEntry[] },
): Promise<EndedProcess[]> {
  const ended = new Map<string, EndedProcess>();
  const known = new Map<string, ProcessIdentity>();
  const deadline = monotonic() + graceMs;
  const givesUp = deadline + killedMs;
  for (let next = first; ; next = undefined) {
    const found = next ?? (await find([...known.values()]));
    for (const { pid, started } of found) known.set(`${pid} ${started}`, { pid, started });
    if (found.length === 0 || monotonic() > givesUp) return [...ended.values()];
    const harsh = monotonic() >= deadline;
    for (const target of found) {
      const key = `${target.pid} ${target.started}`;
      const before = ended.get(key)?.signal;
      if (before === 'SIGKILL' || (before && !harsh)) continue;
      const signal = harsh ? 'SIGKILL' : 'SIGTERM';
      if (send(target, signal)) ended.set(key, { pid: target.pid, command: target.command, signal });
    }
    const until = harsh ? monotonic() + LONGEST_POLL_MS * 5 : deadline;
    for (let pause = POLL_MS; monotonic() < until && found.some(isAlive); pause *= 2)
      await sleep(Math.min(pause, LONGEST_POLL_MS));
  }
}

/** Checks the identity again just before the signal, since the pid may have been reused after the search. */
function send(target: ProcessEntry, signal: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, signal);
  } catch {
    return false;
  }
}
