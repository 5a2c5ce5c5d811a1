import { join } from 'node:path';
import { type Connection, keep, openSqlite } from '../../events/store/connection.ts';
import { parseJson, record, text } from '../contract/limits/values.ts';
import { count, type Memory, type TokenLog, type TokenUse } from '../contract/tokens/use.ts';

interface Row {
  session_id: string;
  time_created: number;
  time_updated: number;
  data: string;
}

/** Only sessions that were used since are read: messages have no index by their time. */
const NOTIFIED = `SELECT session_id, time_created, time_updated, data FROM message
  WHERE session_id IN (SELECT id FROM session WHERE time_updated >= ?) AND time_updated >= ?
  ORDER BY time_updated`;

/** What two processes of OpenCode wrote at once may come in another order than their times say. */
const OVERLAP_MS = 60_000;

/** `~/.local/share/opencode/opencode.db`, a row a message (1.18.33). Read only, as any reader beside OpenCode. */
export const opencodeLog: TokenLog = {
  provider_id: 'opencode',
  vendor: null,
  roots: ({ env, home }) => [join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'opencode')],
  // Beside it lie its snapshots, with every file of every project.
  nested: false,
  // A channel of its own has a database of its own: opencode-dev.db.
  isLog: (name) => /^opencode(-[\w.]+)?\.db$/.test(name),
  beside: ['-wal'],
  open: (path, memory) => ({ isNewFile: false, memory, uses: usesOf(path, memory) }),
};

function* usesOf(path: string, memory: Memory): Generator<TokenUse> {
  const since = typeof memory.since === 'number' ? memory.since - OVERLAP_MS : 0;
  const database = openSqlite(path, { readonly: true, timeout: 1000 });
  try {
    // A database from before this format has no messages to read.
    const statement = prepared(database);
    for (const row of (statement ? keep(statement.iterate(since, since)) : []) as Iterable<Row>) {
      memory.since = row.time_updated;
      const use = useOf(row);
      if (use) yield use;
    }
  } finally {
    database.close();
  }
}

const TABLES = `SELECT count(*) AS there FROM sqlite_master WHERE type = 'table' AND name IN ('session', 'message')`;

function prepared(database: Connection) {
  const { there } = database.prepare(TABLES).get() as { there: number };
  return there === 2 ? database.prepare<[number, number], Row>(NOTIFIED) : null;
}

function useOf({ session_id, time_created, data }: Row): TokenUse | null {
  const message = record(parseJson(data));
  const tokens = record(message?.tokens);
  if (!message || !tokens || message.role !== 'assistant') return null;
  const cache = record(tokens.cache);
  const [fresh, output, reasoning] = [tokens.input, tokens.output, tokens.reasoning].map(count) as Three;
  const [cache_read, cache_write] = [count(cache?.read), count(cache?.write)];
  const input = fresh + cache_read + cache_write;
  // While a model answers, its message has no figures yet.
  if (input + output + reasoning === 0) return null;
  const [model, project] = [text(message.modelID), text(record(message.path)?.cwd)];
  return {
    // A fork copies the messages of its parent under other ids, with the times at which they were begun.
    key: JSON.stringify([time_created, model, project]),
    rank: input + output,
    at: new Date(time_created).toISOString(),
    model,
    project,
    session: session_id,
    input,
    cache_read,
    cache_write,
    output: output + reasoning,
  };
}

type Three = [number, number, number];
