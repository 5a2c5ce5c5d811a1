import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database, { type Statement } from 'better-sqlite3';
import { parseJson, record } from '../values.ts';
import { priceOf } from './price.ts';
import type { Memory, TokenLog, TokenUse } from './use.ts';

/** Raised when a log is read otherwise, or prices change: the index is made anew. */
const VERSION = 1;
const CHUNK = 1 << 20;
/** A line of this length is a picture or a trap, and holds no tokens that anybody counts. */
const LONGEST_LINE = 32 << 20;

const SCHEMA = `
  CREATE TABLE files (
    path TEXT PRIMARY KEY, head TEXT NOT NULL, size INTEGER NOT NULL, mtime_ms REAL NOT NULL,
    offset INTEGER NOT NULL, memory TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uses (
    provider_id TEXT NOT NULL, key TEXT NOT NULL, rank REAL NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL,
    model TEXT, project TEXT, session TEXT, input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL, output INTEGER NOT NULL, usd REAL,
    PRIMARY KEY (provider_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uses_by_time ON uses (at);
  CREATE INDEX uses_of_file ON uses (file);
`;

interface FileRow {
  path: string;
  /** Of its first bytes: tells whether it is still the file that was read. */
  head: string;
  size: number;
  mtime_ms: number;
  offset: number;
  memory: string;
}

/**
 * What agents wrote of their tokens on this disk, kept so that only what is new is read: by file, size and offset. A
 * cache in its own file; deleted, it is read anew. Tokens are telemetry: nobody knows what share of a limit they are.
 */
export class TokenIndex {
  readonly connection: Database.Database;
  #insertUse: Statement | null = null;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    this.connection = new Database(file, { timeout: 60_000 });
    this.connection.pragma('journal_mode = WAL');
    this.connection.pragma('synchronous = OFF');
  }

  close(): void {
    this.connection.close();
  }

  /** Reads what was written since. One process reads, others that come meanwhile wait and find nothing left to do. */
  update(logs: readonly TokenLog[], place: Parameters<TokenLog['roots']>[0]): void {
    this.connection
      .transaction(() => {
        this.#prepare();
        const known = new Map(
          (this.connection.prepare('SELECT * FROM files').all() as FileRow[]).map((row) => [row.path, row]),
        );
        for (const log of logs)
          for (const root of log.roots(place))
            for (const path of filesBelow(root, log)) this.#read(log, path, known.get(path));
      })
      .immediate();
  }

  #prepare(): void {
    const { connection } = this;
    if (connection.pragma('user_version', { simple: true }) === VERSION) return;
    connection.exec('DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS uses;');
    connection.exec(SCHEMA);
    connection.pragma(`user_version = ${VERSION}`);
  }

  #read(log: TokenLog, path: string, known: FileRow | undefined): void {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat || (known?.size === stat.size && known.mtime_ms === stat.mtimeMs)) return;
    // A file that became shorter, or is another one of that name, is not the one that was read.
    const goesOn =
      known !== undefined && known.size <= stat.size && known.head === headOf(path, known.offset);
    if (known && !goesOn) this.connection.prepare('DELETE FROM uses WHERE file = ?').run(path);
    const memory = goesOn ? (JSON.parse(known.memory) as Memory) : {};
    let offset = goesOn ? known.offset : 0;
    for (const line of linesFrom(path, offset)) {
      if (log.marks.some((mark) => line.bytes.includes(mark))) this.#take(log, path, line, memory);
      offset = line.end;
    }
    this.connection
      .prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)')
      .run(path, headOf(path, offset), stat.size, stat.mtimeMs, offset, JSON.stringify(memory));
  }

  #take(log: TokenLog, file: string, line: Line, memory: Memory): void {
    const parsed = record(parseJson(line.bytes.toString()));
    const use = parsed && log.read(parsed, { file, offset: line.start }, memory);
    if (use) this.#insert(log, file, use);
  }

  #insert({ provider_id, vendor }: TokenLog, file: string, use: TokenUse): void {
    const { key, rank, at, model, project, session, input, cache_read, cache_write, output } = use;
    const usd = priceOf(use, vendor);
    this.#insertUse ??= this.connection.prepare(
      `INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET rank = excluded.rank, file = excluded.file, at = excluded.at,
           model = excluded.model, project = excluded.project, session = excluded.session, input = excluded.input,
           cache_read = excluded.cache_read, cache_write = excluded.cache_write, output = excluded.output,
           usd = excluded.usd WHERE excluded.rank > rank`,
    );
    this.#insertUse.run(
      ...[provider_id, key, rank, file, at, model, project, session],
      ...[input, cache_read, cache_write, output, usd],
    );
  }
}

/** Sorted, so that a session is read before those that were forked from it. */
function filesBelow(root: string, log: TokenLog): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && log.isLog(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

const HEAD = 4096;

/** A hash of the first bytes of what was read. */
function headOf(path: string, read: number): string {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(HEAD, read));
    const count = readSync(file, head, 0, head.length, 0);
    return createHash('sha256').update(head.subarray(0, count)).digest('hex');
  } finally {
    closeSync(file);
  }
}

interface Line {
  bytes: Buffer;
  start: number;
  /** Where the next line begins. */
  end: number;
}

/** The whole lines from an offset on; what is still being written waits for its end. */
function* linesFrom(path: string, from: number): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    let start = from;
    for (let position = from; ; ) {
      const count = readSync(file, chunk, 0, CHUNK, position);
      if (count === 0) return;
      position += count;
      const read = chunk.subarray(0, count);
      const bytes = rest.length > 0 ? Buffer.concat([rest, read]) : read;
      let begin = 0;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
        yield { bytes: bytes.subarray(begin, end), start, end: start + end - begin + 1 };
        start += end - begin + 1;
        begin = end + 1;
      }
      rest = Buffer.from(bytes.subarray(begin));
      if (rest.length > LONGEST_LINE) return;
    }
  } finally {
    closeSync(file);
  }
}
