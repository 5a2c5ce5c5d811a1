import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FSWatcher } from 'chokidar';

export interface FollowOptions {
  /** The minimum interval between two reports in milliseconds; without it, every change is reported. */
  everyMs?: number;
  /** Milliseconds between two comparisons without a reported change. */
  pollMs: number;
}

/** An editor may write a file in several steps: compare this many milliseconds after a notification. */
const SETTLE_MS = 50;

/**
 * Reports which of some files and folders have changed, by their stamps (inode, time, size). chokidar triggers the
 * comparison; a slow poll covers systems without notifications: network file systems, no watches left.
 * Only the poll covers a path that does not exist yet. chokidar would watch its folder, and a folder with a ledger
 * changes with every append, which costs one millisecond each time.
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
    // If it fails, the poll takes over. Loaded on demand: only a process that follows files pays for it.
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

  /** Compares now, and reports changes before it returns. */
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

/** Changes whenever the file, or a file directly in the folder, changes. An unreadable file counts as missing. */
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
