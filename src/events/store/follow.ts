import { watch } from 'node:fs';
import type { StoredEvent } from '../event.ts';
import type { ReadOptions } from './event-rows.ts';
import type { EventStore } from './store.ts';

/** Events in memory at once; a follower may begin with a million of them. */
const BATCH = 1000;

/** How often the counter is read although no write was reported: some file systems report none. */
const SLOW_POLL_MS = 250;
/** The same where the system refuses to watch the file at all, so that a wait still ends soon. */
const UNWATCHED_POLL_MS = 50;
/** When the counter is read again after a reported write: SQLite makes a commit visible only after its last write. */
const AFTER_WRITE_MS = [0, 1, 2, 4, 8, 16, 32, 64];

/**
 * Every matching event from `from` on, then each new one as soon as any process has appended it, until the signal.
 */
export async function* follow(
  store: EventStore,
  options: Omit<ReadOptions, 'limit'>,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  let next = options.from ?? 1;
  while (!signal.aborted) {
    const seen = store.changeCounter();
    const upTo = store.lastPosition();
    const events = store.readAll({ ...options, from: next, limit: BATCH });
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
      next = event.position + 1;
    }
    if (events.length === BATCH) continue;
    next = Math.max(next, upTo + 1);
    await changed(store, seen, signal);
  }
}

/** What is used of `fs.watch`. */
type WatchFile = (
  file: string,
  onWrite: () => void,
) => { on(event: 'error', listener: () => void): unknown; close(): void };

const watchWrites: WatchFile = (file, onWrite) => watch(file, onWrite);

interface ChangeOptions {
  /** The longest wait. */
  forMs?: number;
  /** How the file is watched; a test has a file system of its own. */
  watchFile?: WatchFile;
}

/**
 * Resolves when any process has appended since `seen` was read, the signal fires, or `forMs` milliseconds have passed.
 * The store's change counter alone decides whether there is something new. A watch on the write-ahead log says when to
 * read it, within a millisecond; a slow poll reads it where no watch can be had or none reports anything.
 */
export async function changed(
  store: EventStore,
  seen: number,
  signal: AbortSignal,
  { forMs = Number.POSITIVE_INFINITY, watchFile = watchWrites }: ChangeOptions = {},
): Promise<void> {
  const until = performance.now() + forMs;
  const isOver = () => signal.aborted || performance.now() >= until || store.changeCounter() !== seen;
  if (isOver()) return;
  let wake = () => {};
  let recheck = AFTER_WRITE_MS.length;
  const onWrite = () => {
    recheck = 0;
    wake();
  };
  // Before the counter is read again: what is appended in between is not missed.
  const watched = watching(`${store.file}-wal`, watchFile, onWrite);
  signal.addEventListener('abort', onWrite);
  try {
    while (!isOver()) {
      const poll = watched.works() ? SLOW_POLL_MS : UNWATCHED_POLL_MS;
      const waitMs = Math.min(AFTER_WRITE_MS[recheck++] ?? poll, until - performance.now());
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    signal.removeEventListener('abort', onWrite);
    watched.close();
  }
}

function watching(file: string, watchFile: WatchFile, onWrite: () => void) {
  let watcher: ReturnType<WatchFile> | null = null;
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  try {
    watcher = watchFile(file, onWrite);
    watcher.on('error', close);
  } catch {
    // No more watches for this user (ENOSPC, EMFILE), or a file system without them.
  }
  return { works: () => watcher !== null, close };
}
