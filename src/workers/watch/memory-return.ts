import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1024 * 1024;
/** How often to compare, in milliseconds. */
const EVERY_MS = 2500;
/** Memory that has grown by less is not worth a collection: it takes some tens of milliseconds. */
const WORTH_BYTES = 24 * MIB;
/** A process that takes less of a core is at rest. */
const REST_SHARE = 0.1;
/** More than V8 gives the young generation of a process that allocates little. */
const LARGE_YOUNG_BYTES = 4 * MIB;
/** How often and how many times to ask V8 to give the young generation back. */
const YOUNG_EVERY_MS = 1000;
const MOST_YOUNG = 10;

export interface MemoryUse {
  /** Bytes of the process in memory. */
  residentBytes(): number;
  /** Milliseconds of a core that the process has taken. */
  processorMs(): number;
  collect(): void;
}

/**
 * Gives memory back to the system after a flood. V8 collects garbage when it allocates, and a watcher at rest allocates
 * next to nothing: what a flood had left stayed for as long as nothing was printed.
 */
export class MemoryReturn {
  readonly #use: MemoryUse;
  #lowest = Number.POSITIVE_INFINITY;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #processorMs = 0;

  constructor(use: MemoryUse = memoryOfProcess()) {
    this.#use = use;
  }

  /** Called about once a second. */
  check(now: number): void {
    const elapsed = now - this.#comparedAt;
    if (elapsed < EVERY_MS) return;
    const processorMs = this.#use.processorMs();
    const isAtRest = processorMs - this.#processorMs < elapsed * REST_SHARE;
    this.#comparedAt = now;
    const resident = this.#use.residentBytes();
    const isWorth = resident - this.#lowest >= WORTH_BYTES;
    if (isAtRest && isWorth) {
      this.#use.collect();
      // Pages are returned by other threads a moment later: what that leaves is read the next time.
      this.#lowest = Number.POSITIVE_INFINITY;
    } else this.#lowest = Math.min(this.#lowest, resident);
    this.#processorMs = this.#use.processorMs();
  }
}

function memoryOfProcess(): MemoryUse {
  let collect: Collect | undefined;
  let giving: NodeJS.Timeout | undefined;
  return {
    residentBytes: () => process.memoryUsage.rss(),
    processorMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    collect: () => {
      collect ??= collector();
      // The buffers that the first one finds unused go with the second.
      collect();
      collect();
      clearInterval(giving);
      giving = giveYoungBack(collect);
    },
  };
}

/**
 * V8 keeps the young generation as large as a flood has made it, 32 MiB, until a collection before which little was
 * allocated for some seconds.
 */
function giveYoungBack(collect: Collect): NodeJS.Timeout {
  let times = 0;
  const timer = setInterval(() => {
    collect({ type: 'minor' });
    if (++times === MOST_YOUNG || youngBytes() <= LARGE_YOUNG_BYTES) clearInterval(timer);
  }, YOUNG_EVERY_MS);
  return timer.unref();
}

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;

type Collect = (options?: { type: 'minor' }) => void;

/** A collection can be asked for only by this flag, which a context made while it is set has. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
