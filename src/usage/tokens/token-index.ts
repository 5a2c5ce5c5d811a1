import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { instant } from '../../agents/contract/limits/values.ts';
import type { Memory, TokenLog, TokenUse } from '../../agents/contract/tokens/use.ts';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { isNotWritable } from '../../events/store/read-only.ts';
import { errorMessage, isBusy } from '../../lib/errors.ts';
import { type FoundFile, filesBelow, isAbsent, type Unread } from '../../lib/files/below.ts';
import { makeFolders } from '../../lib/files/private-files.ts';
import { counted } from '../../lib/text/counted.ts';

/** Raise it when a log is read differently or prices change: the index is then built again. */
const VERSION = 4;

const SCHEMA = `
  CREATE TABLE files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, memory TEXT NOT NULL,
    /* What of it could not be read, in words. */
    fault TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uses (
    provider_id TEXT NOT NULL, key TEXT NOT NULL, rank REAL NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL,
    model TEXT, project TEXT, session TEXT, input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL, output INTEGER NOT NULL, usd REAL,
    PRIMARY KEY (provider_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uses_by_time ON uses (at);
  CREATE INDEX uses_of_file ON uses (file);
  CREATE INDEX uses_unpriced ON uses (at, model) WHERE usd IS NULL;
  CREATE INDEX uses_of_session ON uses (provider_id, session, at);
`;

const INSERT_USE = `
  INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET rank = excluded.rank, file = excluded.file, at = excluded.at,
    model = excluded.model, project = excluded.project, session = excluded.session, input = excluded.input,
    cache_read = excluded.cache_read, cache_write = excluded.cache_write, output = excluded.output,
    usd = excluded.usd WHERE excluded.rank > rank
`;

/** How long to wait for another process that reads gigabytes for the first time, in milliseconds. */
const LOCK_TIMEOUT_MS = 120_000;

type Price = typeof import('./price.ts').priceOf;

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

/** Whether the file of the index is broken: cut off by a full disk, a crash or a sync. */
export const isDamaged = (error: unknown): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code));

export function removeIndex(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** In memory, for one command, if the home cannot be written. A damaged file is replaced: it is only a cache. */
function opened(file: string, isAgain = false): Connection {
  let connection: Connection | null = null;
  try {
    makeFolders(dirname(file));
    closeSync(openSync(file, 'a', 0o600));
    connection = openSqlite(file, { timeout: 5000 });
    connection.pragma('journal_mode = WAL');
    return connection;
  } catch (error) {
    connection?.close();
    if (isNotWritable(error)) return openSqlite(':memory:');
    if (isAgain || !isDamaged(error)) throw error;
    removeIndex(file);
    return opened(file, true);
  }
}

/**
 * The tokens that agents recorded on this disk, stored so that only new records are read. A cache in its own file: if
 * it is deleted, all logs are read again. Tokens are telemetry; the share of a limit that they are is unknown.
 */
export class TokenIndex {
  readonly connection: Connection;

  constructor(file: string) {
    this.connection = opened(file);
    this.connection.pragma('synchronous = OFF');
    if (this.connection.pragma('user_version', { simple: true }) !== VERSION)
      this.connection.transaction(() => this.#prepare()).immediate();
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
    const { priceOf } = await import('./price.ts');
    this.connection.pragma(`busy_timeout = ${Math.ceil(Math.min(budget, LOCK_TIMEOUT_MS))}`);
    try {
      const readAll = () => this.#readAll(found, priceOf, until, onFile);
      return whole(this.connection.transaction(readAll).immediate());
    } catch (error) {
      // Another process reads the same logs for the first time.
      if (!isBusy(error)) throw error;
      return whole({ complete: false, unreadable: [] });
    }
  }

  #prepare(): void {
    const { connection } = this;
    if (connection.pragma('user_version', { simple: true }) === VERSION) return;
    connection.exec('DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS uses;');
    connection.exec(SCHEMA);
    connection.pragma(`user_version = ${VERSION}`);
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
    until: number,
    onFile?: (done: number, all: number) => void,
  ): Updated {
    const updated: Updated = { complete: true, unreadable: [] };
    const news = this.#news(found);
    for (const [index, each] of news.entries()) {
      onFile?.(index, news.length);
      if (performance.now() > until) return { ...updated, complete: false };
      try {
        if (!this.#read(each, price, until)) updated.complete = false;
      } catch (error) {
        // An agent removes its old logs at any time.
        if (isAbsent(error)) continue;
        const reason = errorMessage(error);
        updated.unreadable.push({ path: each.path, reason });
      }
    }
    return updated;
  }

  /** Reads one log; false if the time was over before its end. */
  #read({ log, path, stamp }: LogFile, price: Price, until: number): boolean {
    const row = this.connection.prepare('SELECT memory FROM files WHERE path = ?').get(path);
    const stored = (row as { memory: string } | undefined)?.memory;
    const { untimed, ...kept }: Memory = stored ? (JSON.parse(stored) as Memory) : {};
    const { isNewFile, uses, memory, faults } = log.open(path, kept);
    // What an agent has thrown away stays counted, except answers that are known by their place alone: another answer
    // may be there now.
    if (isNewFile)
      this.connection.prepare('DELETE FROM uses WHERE file = ? AND instr(key, file) > 0').run(path);
    let timeless = isNewFile ? 0 : Number(untimed ?? 0);
    let whole = true;
    for (const use of uses) {
      const at = instant(use.at);
      if (at === null) timeless += 1;
      else this.#insert(log, path, { ...use, at }, price);
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

  #insert({ provider_id, vendor }: TokenLog, file: string, use: TokenUse, price: Price): void {
    const { key, rank, at, model, project, session, input, cache_read, cache_write, output } = use;
    const usd = price(use, vendor);
    this.connection
      .prepare(INSERT_USE)
      .run(
        ...[provider_id, key, Number.isFinite(rank) ? rank : 0, file, at, model, project, session],
        ...[input, cache_read, cache_write, output, usd],
      );
  }
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
  [stat, ...beside.map((end) => statSync(`${path}${end}`, { throwIfNoEntry: false }))]
    .map((stat) => (stat ? `${stat.size}@${stat.mtimeMs}` : '-'))
    .join(' ');
