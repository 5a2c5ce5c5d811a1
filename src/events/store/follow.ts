import { watch } from 'node:fs';
import type { StoredEvent } from '../event.ts';
import type { ReadOptions } from './event-rows.ts';
import type { EventStore } from './store.ts';

/** Events per page: a follower may start a million events behind. */
const BATCH = 1000;

/** Milliseconds between two reads of the counter without a reported write: some file systems report none. */
const SLOW_POLL_MS = 250;
/** The same once a write was reported: all processes that write to a log in WAL mode are on this machine, like it. */
const REPORTED_POLL_MS = 5000;
/** The same if the system refuses to watch the file, so that a wait still ends soon. */
const UNWATCHED_POLL_MS = 50;
/** When to read the counter after a reported write: SQLite makes a commit visible only after its last write. */
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

/** Logs whose file system was seen to report writes. */
const reporting = new WeakSet<EventStore>();

/** The part of `fs.watch` that is used. */
type WatchFile = (
  file: string,
  onWrite: () => void,
) => { on(event: 'error', listener: () => void): unknown; close(): void };

const watchWrites: WatchFile = (file, onWrite) => watch(file, onWrite);

interface ChangeOptions {
  /** The maximum wait in milliseconds. */
  forMs?: number;
  /** How to watch the file; tests pass a fake. */
  watchFile?: WatchFile;
}

/**
 * Resolves when any process has appended since `seen` was read, the signal fires, or `forMs` milliseconds have passed.
 * Only the store's change counter decides whether there are new events. A watch on the write-ahead log triggers
 * the read within a millisecond; a slow poll covers file systems without working watches.
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
  const look = () => {
    recheck = 0;
    wake();
  };
  // Starts before the counter is read again, so that no append in between is missed.
  const watched = watching(`${store.file}-wal`, watchFile, () => {
    reporting.add(store);
    look();
  });
  signal.addEventListener('abort', look);
  try {
    while (!isOver()) {
      const watchedPoll = reporting.has(store) ? REPORTED_POLL_MS : SLOW_POLL_MS;
      const poll = watched.works() ? watchedPoll : UNWATCHED_POLL_MS;
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
    signal.removeEventListener('abort', look);
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
    // The user has no watches left (ENOSPC, EMFILE), or the file system has none.
  }
  return { works: () => watcher !== null, close };
}
