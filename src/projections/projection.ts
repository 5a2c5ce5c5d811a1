import type { Statement } from 'better-sqlite3';
import type { EventOf, EventType, LedgerEvent } from '../events/catalogue/index.ts';
import type { Connection } from '../events/store/connection.ts';

type Value = string | number | bigint | Buffer | null;

/**
 * A read model: tables, and what each event does to them. Nothing else writes them. In `schema` and in every statement
 * a table is named in braces, `{sessions}`: which table that is depends on the generation being written (the live one,
 * or a shadow during a rebuild). Readers use the plain name, a view.
 */
export interface Projection {
  name: string;
  /** Raised with every change of `schema` or `apply`: the next process that opens the ledger rebuilds it. */
  version: number;
  tables: readonly string[];
  /** What readers use in place of the tables: SELECT statements by the name of the view. */
  views?: Readonly<Record<string, string>>;
  schema: string;
  apply: { [T in EventType]?: (tables: Tables, event: EventOf<T>) => void };
}

/** The views of a generation by name: of each table, and those that the projection adds. */
export const viewsOf = ({ tables, views = {} }: Projection): [name: string, select: string][] => [
  ...tables.map((table): [string, string] => [table, `SELECT * FROM {${table}}`]),
  ...Object.entries(views),
];

/** The tables of one generation of a projection. */
export class Tables {
  readonly #connection: Connection;
  readonly #generation: number;
  readonly #prepared = new Map<string, Statement<Value[]>>();

  constructor(connection: Connection, generation: number) {
    this.#connection = connection;
    this.#generation = generation;
  }

  run(sql: string, ...values: Value[]): void {
    this.#statement(sql).run(...values);
  }

  get<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  insert(table: string, row: Record<string, Value>): void {
    const columns = Object.keys(row);
    const marks = columns.map(() => '?').join(', ');
    this.run(`INSERT INTO {${table}} (${columns.join(', ')}) VALUES (${marks})`, ...Object.values(row));
  }

  /** Changes the row whose `key` has this value. */
  update(table: string, value: Value, changes: Record<string, Value>, key = 'id'): void {
    const assignments = Object.keys(changes).map((column) => `${column} = ?`);
    const sql = `UPDATE {${table}} SET ${assignments.join(', ')} WHERE ${key} = ?`;
    this.run(sql, ...Object.values(changes), value);
  }

  /** Several statements without values, for a schema. */
  execute(sql: string): void {
    this.#connection.exec(this.physical(sql));
  }

  /** The statement with the table names of this generation. */
  physical(sql: string): string {
    return sql.replaceAll(/\{(\w+)\}/g, `$1__${this.#generation}`);
  }

  #statement(sql: string) {
    // Cached by the projection's original text: substituting the names for each event would cost more.
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#connection.prepare<Value[]>(this.physical(sql));
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** Applies one event; does nothing if the projection does not handle its type. */
export function applyEvent(projection: Projection, tables: Tables, event: LedgerEvent): void {
  const apply = projection.apply[event.type] as ((tables: Tables, event: LedgerEvent) => void) | undefined;
  apply?.(tables, event);
}
