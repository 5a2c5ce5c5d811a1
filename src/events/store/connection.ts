import Database, { type Statement } from 'better-sqlite3';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';

export type Connection = Database.Database;

/**
 * What is never collected. A better-sqlite3 12 that was compiled for Node 24.19 or newer ends the process when one of
 * its objects is collected while no JavaScript runs (nodejs/node issue 65446), and 13 is not made for Node 20.
 */
const kept = new Set<object>();

/** Keeps one of SQLite's objects, of those that are few, until the process ends. */
export function keep<T extends object>(thing: T): T {
  kept.add(thing);
  return thing;
}

/** Opens a database. Its statements are prepared once for each text, and kept: not for two loops over one at once. */
export function openSqlite(file: string, options?: Database.Options): Connection {
  const connection = keep(opened(file, options));
  const statements = new Map<string, Statement>();
  const prepareAnew = connection.prepare.bind(connection);
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = prepareAnew(sql);
    statements.set(sql, statement);
    return statement;
  };
  const pragma: Connection['pragma'] = (source, { simple = false } = {}) => {
    const statement = prepare(`PRAGMA ${source}`);
    if (!statement.reader) statement.run();
    const rows = statement.reader ? (statement.all() as Record<string, unknown>[]) : [];
    return simple ? Object.values(rows[0] ?? {})[0] : rows;
  };
  return Object.assign(connection, { prepare: prepare as Connection['prepare'], pragma });
}

function opened(file: string, options?: Database.Options): Connection {
  try {
    return new Database(file, options);
  } catch (error) {
    throw notBuilt(error) ?? error;
  }
}

/** Node's own error, or that of `bindings`: the compiled part is of another Node, or its installer was not let run. */
function notBuilt(error: unknown): AgentPoolError | null {
  const { message = '', code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== 'ERR_DLOPEN_FAILED' && !message.includes('bindings file')) return null;
  const [, root = '.'] = /(\/.*?)\/node_modules\/better-sqlite3\//.exec(message) ?? [];
  return new AgentPoolError(
    'SQLITE_NOT_BUILT',
    `better-sqlite3, below ${root}, is not compiled for this Node (${process.versions.node}).`,
    { example: shell`npm rebuild --prefix ${root} better-sqlite3` },
    { cause: error },
  );
}
