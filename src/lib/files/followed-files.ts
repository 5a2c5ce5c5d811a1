import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FSWatcher } from 'chokidar';

export interface FollowOptions {
  /** Changes within so many milliseconds are reported together: a file that is written in pieces is read once. */
  gatherMs: number;
  /** How often everything is compared although no change was reported. */
  pollMs: number;
}

/**
 * Reports which of some files and folders have changed. Their stamps (inode, time, size) decide; chokidar says when to
 * compare them, and a slow poll compares them where nothing is reported: network file systems, no watches left.
 * A path that does not exist is left to the poll. chokidar would watch its folder, and a folder in which a ledger lies
 * changes with every append, which costs a millisecond each.
 */
export class FollowedFiles {
  readonly #onChange: (changed: ReadonlySet<string>) => void;
  readonly #options: FollowOptions;
  readonly #stamps = new Map<string, string>();
  readonly #poll: NodeJS.Timeout;
  #watcher: FSWatcher | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(onChange: (changed: ReadonlySet<string>) => void, options: FollowOptions) {
    this.#onChange = onChange;
    this.#options = options;
    this.#poll = setInterval(() => this.compare(), options.pollMs).unref();
    // Without it, the poll does. Loaded late: only a process that follows files pays for it.
    this.#startWatcher().catch(() => {});
  }

  /** Follows a path, which may not exist yet. */
  add(path: string): void {
    if (this.#stamps.has(path)) return;
    const stamp = stampOf(path);
    this.#stamps.set(path, stamp);
    if (stamp !== MISSING) this.#watcher?.add(path);
  }

  remove(path: string): void {
    this.#stamps.delete(path);
    this.#watcher?.unwatch(path);
  }

  /** Compares now, and reports before it returns. */
  compare(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    const changed = new Set<string>();
    for (const [path, before] of this.#stamps) {
      const stamp = stampOf(path);
      if (stamp === before) continue;
      this.#stamps.set(path, stamp);
      changed.add(path);
      if (before === MISSING) this.#watcher?.add(path);
    }
    if (changed.size > 0 && !this.#closed) this.#onChange(changed);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#gathering) clearTimeout(this.#gathering);
    await this.#watcher?.close();
  }

  async #startWatcher(): Promise<void> {
    const { watch } = await import('chokidar');
    if (this.#closed) return;
    const existing = [...this.#stamps].flatMap(([path, stamp]) => (stamp === MISSING ? [] : [path]));
    this.#watcher = watch(existing, { ignoreInitial: true, depth: 0 })
      .on('all', () => this.#gather())
      .on('error', () => {});
  }

  #gather(): void {
    if (this.#closed) return;
    this.#gathering ??= setTimeout(() => this.compare(), this.#options.gatherMs).unref();
  }
}

const MISSING = '';

/** Differs whenever the file, or a file right in the folder, has changed. What can not be read counts as missing. */
function stampOf(path: string, deep = true): string {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    const names = deep ? readdirSync(path).sort() : [];
    return `folder ${names.map((name) => `${name} ${stampOf(join(path, name), false)}`)}`;
  } catch {
    return MISSING;
  }
}
