import { type Stats, statSync } from 'node:fs';
import { instant, number, parseJson, record } from '../../agents/contract/limits/values.ts';
import type { Memory, TokenLog, Unpack } from '../../agents/contract/tokens/use.ts';
import type { Connection } from '../../events/store/connection.ts';
import { errorMessage, isBusy } from '../../lib/errors.ts';
import { type FoundFile, filesBelow, isAbsent, type Unread } from '../../lib/files/below.ts';
import { counted } from '../../lib/text/counted.ts';
import { AnswerWriter, type Price } from './index-answers.ts';
import { openIndex } from './index-file.ts';

/** How long to wait for another process that reads gigabytes for the first time, in milliseconds. */
const LOCK_TIMEOUT_MS = 120_000;

/** A log on this disk, with a stamp that changes when it is written. */
interface LogFile {
  log: TokenLog;
  path: string;
  stamp: string;
}

/** The result of an update. */
export interface Updated {
  /** Everything written by then is in the index. */
  complete: boolean;
  /** Folders, logs and parts of logs that cannot be read, with the reason. All else is in the index. */
  unreadable: Unread[];
}

/**
 * The tokens that agents recorded on this disk, stored so that only new records are read. A cache in its own file: if
 * it is deleted, all logs are read again. Tokens are telemetry; the share of a limit that they are is unknown.
 */
export class TokenIndex {
  readonly connection: Connection;

  /** @param damage of the file that this one replaces */
  constructor(file: string, damage: string | null = null) {
    this.connection = openIndex(file, damage);
  }

  close(): void {
    this.connection.close();
  }

  /** Reads the records since the last update, for at most so many milliseconds. */
  async update(
    logs: readonly TokenLog[],
    place: Parameters<TokenLog['roots']>[0],
    budget: number,
    onFile?: (done: number, all: number) => void,
  ): Promise<Updated> {
    const until = performance.now() + budget;
    const all = logs.map((log) => logsBelow(log.roots(place), log));
    const found = all.flatMap(({ files }) => files);
    const unread = all.flatMap((each) => each.unread);
    const whole = (updated: Updated): Updated => ({
      ...updated,
      unreadable: distinct([...unread, ...updated.unreadable, ...this.#faults(found)]),
    });
    if (this.#news(found).length === 0) return whole({ complete: true, unreadable: [] });
    // Loaded only if there is something to price.
    const [{ priceOf }, unpackers] = await Promise.all([
      import('./price.ts'),
      unpackersOf(this.#news(found)),
    ]);
    this.connection.pragma(`busy_timeout = ${Math.ceil(Math.min(budget, LOCK_TIMEOUT_MS))}`);
    try {
      const readAll = () => this.#readAll(found, priceOf, unpackers, until, onFile);
      return whole(this.connection.transaction(readAll).immediate());
    } catch (error) {
      // Another process reads the same logs for the first time.
      if (!isBusy(error)) throw error;
      return whole({ complete: false, unreadable: [] });
    }
  }

  /** Whose answers are stored: also of accounts that config.yaml no longer has. */
  providers(): string[] {
    // From one to the next: to look at every answer would take longer than all the rest.
    return this.connection
      .prepare(
        `WITH RECURSIVE stored (id) AS (SELECT min(provider_id) FROM uses UNION ALL
           SELECT (SELECT min(provider_id) FROM uses WHERE provider_id > stored.id) FROM stored WHERE id IS NOT NULL)
         SELECT id FROM stored WHERE id IS NOT NULL`,
      )
      .pluck()
      .all() as string[];
  }

  #news(found: readonly LogFile[]): LogFile[] {
    const rows = this.connection.prepare('SELECT path, stamp FROM files').all() as Omit<LogFile, 'log'>[];
    const known = new Map(rows.map(({ path, stamp }) => [path, stamp]));
    return found.filter(({ path, stamp }) => known.get(path) !== stamp);
  }

  /** What is known not to be readable of these logs, from when each was read. */
  #faults(found: readonly LogFile[]): Unread[] {
    const rows = this.connection.prepare('SELECT path, fault FROM files WHERE fault IS NOT NULL').all();
    const there = new Set(found.map(({ path }) => path));
    return (rows as { path: string; fault: string }[])
      .filter(({ path }) => there.has(path))
      .map(({ path, fault }) => ({ path, reason: fault }));
  }

  /** Reads the logs that another process has not read in the meantime. */
  #readAll(
    found: readonly LogFile[],
    price: Price,
    unpackers: ReadonlyMap<TokenLog, Unpack>,
    until: number,
    onFile?: (done: number, all: number) => void,
  ): Updated {
    const updated: Updated = { complete: true, unreadable: [] };
    const answers = new AnswerWriter(this.connection, price, [
      ...found.map(({ log }) => log.provider_id),
      ...this.providers(),
    ]);
    const news = this.#news(found);
    for (const [index, each] of news.entries()) {
      onFile?.(index, news.length);
      if (performance.now() > until) {
        updated.complete = false;
        break;
      }
      try {
        if (!this.#read(each, answers, unpackers, until)) updated.complete = false;
      } catch (error) {
        // An agent removes its old logs at any time.
        if (isAbsent(error)) continue;
        const reason = errorMessage(error);
        updated.unreadable.push({ path: each.path, reason });
      }
    }
    answers.settle();
    return updated;
  }

  /** Reads one log; false if the time was over before its end. */
  #read(
    { log, path, stamp }: LogFile,
    answers: AnswerWriter,
    unpackers: ReadonlyMap<TokenLog, Unpack>,
    until: number,
  ): boolean {
    const row = this.connection.prepare('SELECT memory FROM files WHERE path = ?').get(path);
    const stored = (row as { memory: string } | undefined)?.memory;
    const { untimed, ...kept }: Memory = record(parseJson(stored ?? '')) ?? {};
    const { isNewFile, uses, memory, faults } = log.open(
      path,
      kept,
      log.packed?.isPacked(path) ? unpackers.get(log) : undefined,
    );
    let timeless = isNewFile ? 0 : Number(untimed ?? 0);
    let whole = true;
    for (const use of uses) {
      const at = instant(inMilliseconds(use.at));
      if (at === null) timeless += 1;
      else answers.add(log, path, { ...use, at });
      whole = performance.now() <= until;
      if (!whole) break;
    }
    this.connection
      .prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)')
      .run(
        path,
        whole ? stamp : '',
        JSON.stringify(timeless > 0 ? { ...memory, untimed: timeless } : memory),
        faultOf(timeless, faults?.() ?? []),
      );
    return whole;
  }
}

/** A number of microseconds or nanoseconds since 1970 as milliseconds; anything else as it is. */
function inMilliseconds(time: unknown): unknown {
  const given = number(time);
  if (given === null || given < 1e14) return time;
  return given < 1e17 ? given / 1e3 : given / 1e6;
}

/** What reads the compressed ones of some logs. */
async function unpackersOf(found: readonly LogFile[]): Promise<Map<TokenLog, Unpack>> {
  const packers = new Set(found.flatMap(({ log, path }) => (log.packed?.isPacked(path) ? [log] : [])));
  const unpackers = new Map<TokenLog, Unpack>();
  for (const log of packers) if (log.packed) unpackers.set(log, await log.packed.load());
  return unpackers;
}

/** What of a log is not in the index; null if nothing is missing. */
function faultOf(timeless: number, faults: readonly string[]): string | null {
  const all = timeless > 0 ? [...faults, `skipped ${counted(timeless, 'answer')} without a time`] : faults;
  return all.length > 0 ? all.join('; ') : null;
}

/** Two agents may have one folder. */
const distinct = (unread: readonly Unread[]): Unread[] => [
  ...new Map(unread.map((each) => [each.path, each])).values(),
];

/** Sorted, so that a session is read before its forks. */
function logsBelow(roots: readonly string[], log: TokenLog): { files: LogFile[]; unread: Unread[] } {
  const { files, unread } = filesBelow(roots, { isNested: log.nested, isWanted: log.isLog });
  const stamped = files.map((file) => ({ log, path: file.path, stamp: stampOf(file, log.beside ?? []) }));
  return { files: stamped, unread };
}

/** The size and modification time of a log and of the files beside it: changes with every write. */
const stampOf = ({ path, stat }: FoundFile, beside: readonly string[]): string =>
  [stat, ...beside.map((end) => statOf(`${path}${end}`))]
    .map((stat) => (stat ? `${stat.size}@${stat.mtimeMs}` : '-'))
    .join(' ');

/** What cannot be looked at beside a log leaves the log itself as it is. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
