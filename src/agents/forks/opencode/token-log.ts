import { join } from 'node:path';
import { type Connection, keep, openSqlite } from '../../../events/store/connection.ts';
import { type Json, parseJson, record, text } from '../../contract/limits/values.ts';
import {
  byTime,
  count,
  type Logged,
  type Memory,
  type Sighting,
  type TokenLog,
  type TokenUse,
} from '../../contract/tokens/use.ts';

interface Row {
  session_id: string;
  /** The session that started this one as a sub agent; null for a fork. */
  parent_id: string | null;
  time_created: number;
  time_updated: number;
  data: string;
}

/** Only sessions that were used since are read: messages have no index by their time. */
const messagesSince = ({ parent, session, created, updated }: Record<string, string>) => `
  SELECT session_id, ${parent} AS parent_id, ${created} AS time_created, ${updated} AS time_updated, data
  FROM message JOIN session ON session.id = session_id
  WHERE ${session} >= ? AND ${updated} >= ? ORDER BY ${updated}`;

/** What two processes of OpenCode wrote at once may come in another order than their times say. */
const OVERLAP_MS = 60_000;

/** `~/.local/share/NAME/NAME.db`, a row a message (OpenCode 1.18.33). Read only, as any reader beside the program. */
export function opencodeTokens(provider: string, name: string): TokenLog {
  // A channel of its own has a database of its own: opencode-dev.db.
  const database = new RegExp(String.raw`^${name}(-[\w.]+)?\.db$`);
  return {
    provider_id: provider,
    vendor: null,
    roots: ({ env, home }) => [join(text(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'), name)],
    // Beside it lie its snapshots, with every file of every project.
    nested: false,
    isLog: (file) => database.test(file),
    beside: ['-wal'],
    open: (path, memory) => ({ isNewFile: false, memory, uses: usesOf(path, memory) }),
    settle: opencodeAnswers,
  };
}

function* usesOf(path: string, memory: Memory): Generator<Logged> {
  const since = typeof memory.since === 'number' ? memory.since - OVERLAP_MS : 0;
  const database = openSqlite(path, { readonly: true, timeout: 1000 });
  try {
    // A database from before this format has no messages to read.
    const statement = prepared(database);
    for (const row of (statement ? keep(statement.iterate(since, since)) : []) as Iterable<Row>) {
      // A message of the future must not end the reading of those before.
      memory.since = Math.min(row.time_updated, Date.now());
      const use = tokensOf(row);
      if (use) yield use;
    }
  } finally {
    database.close();
  }
}

const COLUMNS = `SELECT tables.name AS of, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
  WHERE tables.type = 'table' AND tables.name IN ('session', 'message')`;

function prepared(database: Connection) {
  const columns = database.prepare<[], { of: string; name: string }>(COLUMNS).all();
  const has = (table: string, column?: string) =>
    columns.some(({ of, name }) => of === table && (column === undefined || name === column));
  if (!has('session') || !has('message')) return null;
  const column = (table: string, name: string, otherwise: string) =>
    has(table, name) ? `${table}.${name}` : otherwise;
  const [ofMessage, always] = [
    `CASE WHEN json_valid(data) THEN data ->> '$.time.created' END`,
    '9000000000000000',
  ];
  return database.prepare<[number, number], Row>(
    messagesSince({
      parent: column('session', 'parent_id', 'NULL'),
      session: column('session', 'time_updated', always),
      created: column('message', 'time_created', ofMessage),
      updated: column('message', 'time_updated', always),
    }),
  );
}

function tokensOf({ session_id, parent_id, time_created, data }: Row): Logged | null {
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
    family: JSON.stringify([time_created, model, project]),
    key: session_id,
    rank: input + output + reasoning,
    facts: { helper: parent_id !== null, completed: completionOf(message) },
    at: time_created,
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

const completionOf = (message: Json): unknown => record(message.time)?.completed ?? null;

/**
 * The answers of a model that were begun in one folder at one time. A fork copies the messages of its parent under
 * other ids, with their times and figures; sub agents that work in parallel are apart.
 */
export function opencodeAnswers(sightings: readonly Sighting[]): TokenUse[] {
  const answers = new Map<string, TokenUse>();
  for (const { family = '', facts, ...use } of [...sightings].sort(byTime)) {
    const figures = [use.input, use.cache_read, use.cache_write, use.output, facts?.completed ?? null];
    const name = JSON.stringify(facts?.helper === true ? [use.session] : figures);
    const key = answers.size === 0 ? family : `${family} ${name}`;
    if (!answers.has(name)) answers.set(name, { ...use, key });
  }
  return [...answers.values()];
}
