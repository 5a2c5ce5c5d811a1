import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FSWatcher } from 'chokidar';

export interface FollowOptions {
  /** Changes are reported at most once in so many milliseconds; all of them where left out. */
  everyMs?: number;
  /** How often everything is compared although no change was reported. */
  pollMs: number;
}

/** An editor may write a file in several steps: what is reported is read this much later. */
const SETTLE_MS = 50;

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
  #next: NodeJS.Timeout | null = null;
  #reportedAt = Number.NEGATIVE_INFINITY;
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
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    const changed = new Set<string>();
    for (const [path, before] of this.#stamps) {
      const stamp = stampOf(path);
      if (stamp === before) continue;
      this.#stamps.set(path, stamp);
      changed.add(path);
      if (before === MISSING) this.#watcher?.add(path);
    }
    if (changed.size === 0 || this.#closed) return;
    this.#reportedAt = performance.now();
    this.#onChange(changed);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#next) clearTimeout(this.#next);
    await this.#watcher?.close();
  }

  async #startWatcher(): Promise<void> {
    const { watch } = await import('chokidar');
    if (this.#closed) return;
    const existing = [...this.#stamps].flatMap(([path, stamp]) => (stamp === MISSING ? [] : [path]));
    this.#watcher = watch(existing, { ignoreInitial: true, depth: 0 })
      .on('all', () => this.#compareSoon())
      .on('error', () => {});
  }

  #compareSoon(): void {
    if (this.#closed) return;
    const wait = this.#reportedAt + (this.#options.everyMs ?? 0) - performance.now();
    this.#next ??= setTimeout(() => this.compare(), Math.max(SETTLE_MS, wait)).unref();
  }
}

const MISSING = '';

/** Differs whenever the file, or a file right in the folder, has changed. What cannot be read counts as missing. */
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
