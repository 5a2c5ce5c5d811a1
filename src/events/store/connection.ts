import Database, { type BackupOptions, type Statement, type Transaction } from 'better-sqlite3';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';

/**
 * Objects that must never be garbage-collected. A better-sqlite3 12 that was compiled for Node 24.19 or newer aborts
 * the process when one of its objects is collected while no JavaScript runs (nodejs/node issue 65446), and 13 does not
 * support Node 20.
 */
const kept = new Set<object>();

/** Keeps an object of SQLite until the process ends. There are few of them. */
export function keep<T extends object>(thing: T): T {
  kept.add(thing);
  return thing;
}

/**
 * A SQLite database. Every statement is prepared once for its text and kept, so two loops must not run over the same
 * text at the same time.
 */
export class Connection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
    // Also keeps the database and its statements.
    keep(this);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  prepare<Values extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Values, Row> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement as Statement<Values, Row>;
  }

  /** The same, with rows as arrays of values: objects take twice the time. A statement of its own for each text. */
  prepareArrays<Values extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Values, Row> {
    const key = `arrays of ${sql}`;
    let statement = this.#statements.get(key);
    if (!statement) {
      statement = this.#database.prepare(sql).raw();
      this.#statements.set(key, statement);
    }
    return statement as Statement<Values, Row>;
  }

  /** The rows that a PRAGMA gives; with `simple`, the one value of the first row. */
  pragma(source: string, { simple = false } = {}): unknown {
    // Not the driver's own method: it prepares a statement that can be garbage-collected.
    const statement = this.prepare<[], Record<string, unknown>>(`PRAGMA ${source}`);
    if (!statement.reader) statement.run();
    const rows = statement.reader ? statement.all() : [];
    return simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  /** Wraps `work` in a transaction; `.immediate` and `.deferred` select the other kinds. */
  transaction<T>(work: () => T): Transaction<() => T> {
    return this.#database.transaction(work);
  }

  exec(sql: string): this {
    this.#database.exec(sql);
    return this;
  }

  backup(file: string, options: BackupOptions): Promise<unknown> {
    return this.#database.backup(file, options);
  }

  close(): void {
    this.#database.close();
  }
}

/** Opens a database file, or the content of one in memory. Throws SQLITE_NOT_BUILT if the compiled part of better-sqlite3 is missing. */
export const openSqlite = (file: string | Buffer, options?: Database.Options): Connection =>
  new Connection(opened(file, options));

function opened(file: string | Buffer, options?: Database.Options): Database.Database {
  try {
    return new Database(file, options);
  } catch (error) {
    throw notBuilt(error) ?? error;
  }
}

/**
 * The error for a missing binary (npm did not run its install script) or one for another Node; null for other errors.
 */
function notBuilt(error: unknown): AgentPoolError | null {
  const { message = '', code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== 'ERR_DLOPEN_FAILED' && !message.includes('bindings file')) return null;
  const [, root = '.'] = /(\/.*?)\/node_modules\/better-sqlite3\//.exec(message) ?? [];
  return new AgentPoolError(
    'SQLITE_NOT_BUILT',
    `better-sqlite3, below ${root}, has no binary for this Node (${process.versions.node}). npm downloads one, or compiles it: that takes a C++ compiler, make and Python (Debian, Ubuntu: sudo apt-get install build-essential python3; Fedora: sudo dnf install gcc-c++ make python3; macOS: xcode-select --install).`,
    { example: shell`npm rebuild --prefix ${root} better-sqlite3` },
    { cause: error },
  );
}
