import { closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Memory, TokenLog, TokenUse } from '../../agents/contract/tokens/use.ts';
import { type Connection, openSqlite } from '../../events/store/connection.ts';
import { errorMessage, isBusy } from '../../lib/errors.ts';

/** Raise it when a log is read differently or prices change: the index is then built again. */
const VERSION = 3;

const SCHEMA = `
  CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, memory TEXT NOT NULL) STRICT, WITHOUT ROWID;
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
  /** Logs that cannot be read, with the reason. */
  unreadable: { path: string; reason: string }[];
}

/**
 * The tokens that agents recorded on this disk, stored so that only new records are read. A cache in its own file: if
 * it is deleted, all logs are read again. Tokens are telemetry; the share of a limit that they are is unknown.
 */
export class TokenIndex {
  readonly connection: Connection;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    this.connection = openSqlite(file, { timeout: 5000 });
    this.connection.pragma('journal_mode = WAL');
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
    const found = logs.flatMap((log) => log.roots(place).flatMap((root) => logsBelow(root, log)));
    if (this.#news(found).length === 0) return { complete: true, unreadable: [] };
    // Loaded only if there is something to price.
    const { priceOf } = await import('./price.ts');
    this.connection.pragma(`busy_timeout = ${Math.ceil(Math.min(budget, LOCK_TIMEOUT_MS))}`);
    try {
      return this.connection.transaction(() => this.#readAll(found, priceOf, until, onFile)).immediate();
    } catch (error) {
      // Another process reads the same logs for the first time.
      if (!isBusy(error)) throw error;
      return { complete: false, unreadable: [] };
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
        const reason = errorMessage(error);
        updated.unreadable.push({ path: each.path, reason });
      }
    }
    return updated;
  }

  /** Reads one log; false if the time was over before its end. */
  #read({ log, path, stamp }: LogFile, price: Price, until: number): boolean {
    const known = this.connection.prepare('SELECT memory FROM files WHERE path = ?').get(path);
    const stored = (known as { memory: string } | undefined)?.memory;
    const { isNewFile, uses, memory } = log.open(path, stored ? (JSON.parse(stored) as Memory) : {});
    if (isNewFile) this.connection.prepare('DELETE FROM uses WHERE file = ?').run(path);
    let whole = true;
    for (const use of uses) {
      this.#insert(log, path, use, price);
      whole = performance.now() <= until;
      if (!whole) break;
    }
    this.connection
      .prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?)')
      .run(path, whole ? stamp : '', JSON.stringify(memory));
    return whole;
  }

  #insert({ provider_id, vendor }: TokenLog, file: string, use: TokenUse, price: Price): void {
    const { key, rank, at, model, project, session, input, cache_read, cache_write, output } = use;
    const usd = price(use, vendor);
    this.connection
      .prepare(INSERT_USE)
      .run(
        ...[provider_id, key, rank, file, at, model, project, session],
        ...[input, cache_read, cache_write, output, usd],
      );
  }
}

/** Sorted, so that a session is read before its forks. */
function logsBelow(root: string, log: TokenLog): LogFile[] {
  try {
    return readdirSync(root, { recursive: log.nested, withFileTypes: true })
      .filter((entry) => entry.isFile() && log.isLog(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ log, path, stamp: stampOf(path, log.beside ?? []) }));
  } catch {
    return [];
  }
}

/** The size and modification time of a log and of the files beside it: changes with every write. */
const stampOf = (path: string, beside: readonly string[]): string =>
  ['', ...beside]
    .map((end) => statSync(`${path}${end}`, { throwIfNoEntry: false }))
    .map((stat) => (stat ? `${stat.size}@${stat.mtimeMs}` : '-'))
    .join(' ');
