import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { identity, isAlive, ownIdentity } from '../../lib/process/processes.ts';

/** Paths are bytes, as latin1 text, like those of `scan`; relative to the work tree. */
export interface SwapStep {
  path: string;
  /** Whether the new file lies in `new/`; a step without one removes its file. */
  writes: boolean;
}

/** What is to be moved; it lies beside the files, so that another process can undo it. */
export interface SwapPlan {
  root: string;
  steps: SwapStep[];
  /** Folders that did not exist, the outermost first. */
  folders: string[];
}

/** A folder beside the work tree in which files are exchanged, one exchange at a time. */
export interface Swap {
  /** Where the new files are put, each by its path. */
  fresh: string;
  /** Exchanges the files: all, or none. Throws the error of the system when one cannot be moved. */
  commit(steps: readonly SwapStep[]): void;
  close(): void;
}

const FOLDER = 'agentpool-apply';

/** Where an exchange is prepared: on the disk of the work tree, so that each file is moved in one step. */
function placeOf(root: string, gitDir: string): string {
  const same = lstatSync(root).dev === lstatSync(gitDir).dev;
  return same ? join(gitDir, FOLDER) : join(root, `.${FOLDER}`);
}

/**
 * Claims the folder of a work tree for exchanges. What a killed process left in the middle is put back first. Throws
 * PATCH_BUSY while another process has it.
 */
export function openSwap(root: string, gitDir: string): Swap {
  const folder = placeOf(root, gitDir);
  recoverSwap(root, gitDir);
  sweep(folder);
  const draft = `${folder}-${process.pid}`;
  mkdirSync(draft, { mode: 0o700 });
  for (const name of [ownNote(), 'new', 'old']) mkdirSync(join(draft, name), { mode: 0o700 });
  try {
    // Complete from the moment on at which it has its name, with its owner in it.
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (/^(EEXIST|ENOTEMPTY)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw busy(root);
    throw error;
  }
  return {
    fresh: join(folder, 'new'),
    commit: (steps) => commit(folder, planOf(root, steps)),
    close: () => discard(folder),
  };
}

/**
 * Puts back what a process had moved that was killed in the middle of an exchange. Returns whether there was something.
 * Throws PATCH_BUSY while such a process runs.
 */
export function recoverSwap(root: string, gitDir: string): boolean {
  const folder = placeOf(root, gitDir);
  const note = noteIn(folder);
  if (note === undefined) return false;
  const [, pid = '', started = ''] = /^owner-(\d+)-(.*)$/.exec(note) ?? [];
  if (isAlive({ pid: Number(pid), started: decodeURIComponent(started) })) throw busy(root);
  try {
    // Of two processes that find it, one becomes its owner.
    renameSync(join(folder, note), join(folder, ownNote()));
  } catch {
    throw busy(root);
  }
  const isUndone = existsSync(join(folder, 'plan.json')) && !existsSync(join(folder, 'done'));
  if (isUndone) toEnd(undo(folder, JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as SwapPlan));
  discard(folder);
  return isUndone;
}

/** In one step: without its owner in it, what is left of a folder would look like one that is in use. */
function discard(folder: string): void {
  const old = `${folder}-${process.pid}`;
  renameSync(folder, old);
  rmSync(old, { recursive: true, force: true });
}

/** Removes what processes left that were killed before they claimed the folder, or after they gave it up. */
function sweep(folder: string): void {
  const prefix = `${basename(folder)}-`;
  for (const name of readdirSync(dirname(folder))) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : 0;
    if (pid > 0 && (pid === process.pid || identity(pid) === null))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** The owner is the name of a folder, so that it changes in one step. */
function ownNote(): string {
  const own = ownIdentity();
  return `owner-${own.pid}-${encodeURIComponent(own.started)}`;
}

function noteIn(folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => name.startsWith('owner-'));
  } catch {
    return undefined;
  }
}

const busy = (root: string) =>
  new AgentPoolError('PATCH_BUSY', `Another process is applying a patch in ${root}.`, {
    repo: root,
    example: 'agentpool apply @last --check',
  });

const bytes = (path: string): Buffer => Buffer.from(path, 'latin1');
const raw = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
/** Whether there is a file or a link. A folder is never moved: it may hold what git ignores. */
function exists(path: string): boolean {
  try {
    return !lstatSync(bytes(path)).isDirectory();
  } catch {
    return false;
  }
}

const move = (from: string, to: string): void => renameSync(bytes(from), bytes(to));

/** No signal ends the process in between: what ends it is a kill, and then the plan says what to put back. */
function commit(folder: string, plan: SwapPlan): void {
  const wait = () => {};
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, wait);
  try {
    toEnd(exchange(folder, plan));
  } catch (error) {
    toEnd(undo(folder, plan));
    rmSync(join(folder, 'plan.json'), { force: true });
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, wait);
  }
}

/** Runs all changes of the disk. They are separate so that a test can stop after each, as a kill does. */
function toEnd(changes: Iterable<void>): void {
  for (const _ of changes);
}

const oldOf = (folder: string, index: number): string => raw(join(folder, 'old', String(index)));
const newOf = (folder: string, path: string): string => `${raw(join(folder, 'new'))}/${path}`;

/** Moves the old files away and the new ones into place. Yields after each change of the disk. */
export function* exchange(folder: string, plan: SwapPlan): Generator<void> {
  const { root, steps, folders } = plan;
  const at = ({ path }: SwapStep) => `${raw(root)}/${path}`;
  const draft = join(folder, 'plan.draft');
  writeFileSync(draft, JSON.stringify(plan), { mode: 0o600, flush: true });
  yield;
  yield renameSync(draft, join(folder, 'plan.json'));
  for (const [index, step] of steps.entries())
    if (exists(at(step))) yield move(at(step), oldOf(folder, index));
  // A file may take the place of a folder that is empty now, and git keeps no empty folders.
  for (const { path } of steps) yield removeEmptyAbove(root, path);
  for (const path of folders) yield void mkdirSync(bytes(`${raw(root)}/${path}`), { recursive: true });
  for (const step of steps) {
    if (!step.writes) continue;
    yield void mkdirSync(dirnameBytes(at(step)), { recursive: true });
    yield move(newOf(folder, step.path), at(step));
  }
  yield writeFileSync(join(folder, 'done'), '', { flush: true });
}

/** From what is on disk: whichever change came last, also one of an earlier undoing, the files are as they were before. */
export function* undo(folder: string, { root, steps, folders }: SwapPlan): Generator<void> {
  const at = ({ path }: SwapStep) => `${raw(root)}/${path}`;
  for (const step of steps) {
    const isPlaced = step.writes && !exists(newOf(folder, step.path)) && exists(at(step));
    if (isPlaced) yield move(at(step), newOf(folder, step.path));
  }
  for (const path of [...folders].reverse()) yield void removeIfEmpty(`${raw(root)}/${path}`);
  for (const [index, step] of steps.entries()) {
    const old = oldOf(folder, index);
    if (!exists(old)) continue;
    yield void mkdirSync(dirnameBytes(at(step)), { recursive: true });
    yield move(old, at(step));
  }
}

const dirnameBytes = (path: string): Buffer => bytes(dirname(path));

export const planOf = (root: string, steps: readonly SwapStep[]): SwapPlan => ({
  root,
  steps: [...steps],
  folders: missing(root, steps),
});

/** The folders above the new files that are not there yet, the outermost first. */
function missing(root: string, steps: readonly SwapStep[]): string[] {
  const above = steps.flatMap(({ path, writes }) => {
    const parts = writes ? path.split('/').slice(0, -1) : [];
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(above)].filter((path) => !isFolder(`${raw(root)}/${path}`)).sort();
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(bytes(path)).isDirectory();
  } catch {
    return false;
  }
}

function removeEmptyAbove(root: string, path: string): void {
  for (let above = dirname(path); above !== '.'; above = dirname(above))
    if (!removeIfEmpty(`${raw(root)}/${above}`)) return;
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(bytes(path));
    return true;
  } catch {
    return false;
  }
}
