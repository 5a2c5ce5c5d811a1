import type { Statement } from 'better-sqlite3';
import type { EventType, FoldedEvent, FoldedOf } from '../events/catalogue/index.ts';
import type { Connection } from '../events/store/connection.ts';

export type SqlValue = string | number | bigint | Buffer | null;
export type TableRow = Record<string, SqlValue>;

/** A new value that depends on the row as it is: in SQL, and the same as a function. */
export interface FromRow {
  sql: string;
  values: readonly SqlValue[];
  of(row: TableRow): SqlValue;
}

/** The new values of columns. */
export type RowChanges = Readonly<Record<string, SqlValue | FromRow>>;

/** The value that the column has; this one if it has none. */
export const kept = (column: string, value: SqlValue): FromRow => ({
  sql: `coalesce(${column}, ?)`,
  values: [value],
  of: (row) => row[column] ?? value,
});

/** The value that the column has while another one is as stated; else this one. */
export const keptWhile = (column: string, other: string, is: SqlValue, value: SqlValue): FromRow => ({
  sql: `iif(${other} IS ?, ${column}, ?)`,
  values: [is, value],
  of: (row) => (row[other] === is ? (row[column] ?? null) : value),
});

export const plus = (column: string, by: number): FromRow => ({
  sql: `${column} + ?`,
  values: [by],
  of: (row) => Number(row[column]) + by,
});

export const isFromRow = (change: SqlValue | FromRow): change is FromRow =>
  typeof change === 'object' && change !== null && 'sql' in change;

/** A row by a column that another table knows: there it is in the row whose `key` has the value. */
export interface Reference {
  column: string;
  table: string;
  key: string;
}

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
  /** The key of each table whose rows change often: a rebuild writes them once for many events. */
  held?: Readonly<Record<string, string>>;
  /**
   * The column that names the worker of a row, if each row is made by the stream of that worker alone: then the histories
   * of workers can be verified by several threads.
   */
  worker?: string;
  schema: string;
  apply: { [T in EventType]?: (tables: Tables, event: FoldedOf<T>) => void };
}

/** The views of a generation by name: of each table, and those that the projection adds. */
export const viewsOf = ({ tables, views = {} }: Projection): [name: string, select: string][] => [
  ...tables.map((table): [string, string] => [table, `SELECT * FROM {${table}}`]),
  ...Object.entries(views),
];

const condition = (key: string | Reference): string =>
  typeof key === 'string'
    ? `${key} = ?`
    : `${key.column} = (SELECT ${key.column} FROM {${key.table}} WHERE ${key.key} = ?)`;

/** The tables of one generation of a projection. */
export class Tables {
  readonly #connection: Connection;
  readonly #generation: number;
  readonly #prepared = new Map<string, Statement<SqlValue[]>>();

  constructor(connection: Connection, generation: number) {
    this.#connection = connection;
    this.#generation = generation;
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.write(sql, values);
  }

  get<T>(sql: string, ...values: SqlValue[]): T | undefined {
    return this.read<T>(sql, values);
  }

  insert(table: string, row: TableRow): void {
    const columns = Object.keys(row);
    const marks = columns.map(() => '?').join(', ');
    this.write(`INSERT INTO {${table}} (${columns.join(', ')}) VALUES (${marks})`, Object.values(row));
  }

  /** Changes the row whose `key` has this value; not one whose columns are as `unless` says. */
  update(
    table: string,
    value: SqlValue,
    changes: RowChanges,
    key: string | Reference = 'id',
    unless: TableRow = {},
  ): void {
    // Loops and one text: this is a good part of every append.
    let assignments = '';
    const values: SqlValue[] = [];
    for (const column in changes) {
      const to = changes[column] as RowChanges[string];
      assignments += assignments === '' ? column : `, ${column}`;
      if (isFromRow(to)) {
        assignments += ` = ${to.sql}`;
        values.push(...to.values);
      } else {
        assignments += ' = ?';
        values.push(to);
      }
    }
    let others = '';
    values.push(value);
    for (const column in unless) {
      others += ` AND ${column} IS NOT ?`;
      values.push(unless[column] as SqlValue);
    }
    this.write(`UPDATE {${table}} SET ${assignments} WHERE ${condition(key)}${others}`, values);
  }

  /** The value of a column in the row whose `key` has this value; undefined without such a row. */
  value(
    table: string,
    column: string,
    value: SqlValue,
    key: string | Reference = 'id',
  ): SqlValue | undefined {
    const sql = `SELECT ${column} FROM {${table}} WHERE ${condition(key)}`;
    return this.read<TableRow>(sql, [value])?.[column];
  }

  /** Removes the row whose `key` has this value, if there is one. */
  remove(table: string, value: SqlValue, key: string): void {
    this.write(`DELETE FROM {${table}} WHERE ${key} = ?`, [value]);
  }

  /** Several statements without values, for a schema. */
  execute(sql: string): void {
    this.#connection.exec(this.physical(sql));
  }

  /** The statement with the table names of this generation. */
  physical(sql: string): string {
    return sql.replaceAll(/\{(\w+)\}/g, `$1__${this.#generation}`);
  }

  protected write(sql: string, values: readonly SqlValue[]): void {
    this.#statement(sql).run(...values);
  }

  protected read<T>(sql: string, values: readonly SqlValue[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  #statement(sql: string) {
    // Cached by the projection's original text: substituting the names for each event would cost more.
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#connection.prepare<SqlValue[]>(this.physical(sql));
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** Applies one event; does nothing if the projection does not handle its type. */
export function applyEvent(projection: Projection, tables: Tables, event: FoldedEvent): void {
  const apply = projection.apply[event.type] as ((tables: Tables, event: FoldedEvent) => void) | undefined;
  apply?.(tables, event);
}
