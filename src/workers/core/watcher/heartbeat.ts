import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Paths } from '../../../config/paths.ts';
import { isAlive, type ProcessIdentity } from '../../../lib/process/processes.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';

/** How often a watcher writes that it runs, in milliseconds. */
export const BEAT_MS = 1000;
/** After how long without a beat a watcher is suspected to hang, in milliseconds. */
const SILENT_MS = 4000;
/** How long a suspected watcher is looked at, in milliseconds: the clock may only have been set. */
const LOOK_MS = 2000;
/** Always as long, so that a full disk, which has no space for more, takes it in the place of the one before. */
const LENGTH = 128;

interface Beat extends ProcessIdentity {
  /** Differs from beat to beat. */
  count: number;
  /** How many appends wait for a ledger that cannot be written. */
  waiting: number;
}

const beatFile = ({ run }: Pick<Paths, 'run'>): string => join(run, 'watcher.beat');

/**
 * The sign of life of the watcher: a small file that it overwrites in place. Not an event, because nothing happens; and
 * no table of the ledger, where each beat would wake everyone who waits for an append.
 */
export class Heartbeat {
  readonly #self: ProcessIdentity;
  #file: number | null = null;
  #count = 0;
  #beatAt = Number.NEGATIVE_INFINITY;

  /** A folder that cannot be written leaves the watcher without a sign of life: then only its process is checked. */
  constructor(paths: Pick<Paths, 'run'>, self: ProcessIdentity) {
    this.#self = self;
    try {
      mkdirSync(dirname(beatFile(paths)), { recursive: true, mode: 0o700 });
      this.#file = openSync(beatFile(paths), constants.O_RDWR | constants.O_CREAT, 0o600);
    } catch {}
  }

  /** Writes a beat unless the last one is recent. */
  beat(waiting: number): void {
    const now = monotonic();
    if (this.#file === null || now - this.#beatAt < BEAT_MS) return;
    this.#beatAt = now;
    const beat: Beat = { ...this.#self, count: ++this.#count, waiting };
    try {
      writeSync(this.#file, JSON.stringify(beat).padEnd(LENGTH), 0);
    } catch {
      touch(this.#file);
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

function touch(file: number): void {
  try {
    const now = new Date();
    futimesSync(file, now, now);
  } catch {}
}

/** The last beat of this watcher and how old it seems, in milliseconds; null if nothing is known of it. */
export function lastBeat(
  paths: Pick<Paths, 'run'>,
  watcher: ProcessIdentity,
): { count: number; waiting: number; age: number } | null {
  let file: number | null = null;
  try {
    file = openSync(beatFile(paths), 'r');
    const { pid, started, count, waiting } = JSON.parse(readFileSync(file, 'utf8')) as Beat;
    if (pid !== watcher.pid || started !== watcher.started) return null;
    // A beat from the future: the clock was set back since. It says as little as an old one.
    return { count, waiting, age: Math.abs(Date.now() - fstatSync(file).mtimeMs) };
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Whether a watcher whose process exists gives no sign of life: it may be suspended, or hang. A quick look. */
export const isSilent = (paths: Pick<Paths, 'run'>, watcher: ProcessIdentity): boolean =>
  (lastBeat(paths, watcher)?.age ?? 0) > SILENT_MS;

/** The same for certain, by no clock: looks until it beats or dies, or has not for some seconds. */
export async function hangs(paths: Pick<Paths, 'run'>, watcher: ProcessIdentity): Promise<boolean> {
  if (!isSilent(paths, watcher)) return false;
  const seen = lastBeat(paths, watcher)?.count;
  for (const end = monotonic() + LOOK_MS; monotonic() < end; await sleep(100)) {
    if (!isAlive(watcher) || lastBeat(paths, watcher)?.count !== seen) return false;
  }
  return true;
}
