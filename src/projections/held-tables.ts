import type { Connection } from '../events/store/connection.ts';
import {
  type Changes,
  isFromRow,
  type Projection,
  type Reference,
  type Row,
  Tables,
  type Value,
} from './projection.ts';

/** A row as the changes make it; null if there is none. */
interface Held {
  row: Row | null;
  changed: boolean;
}

/**
 * Tables for many events at once. A row of a table that a projection holds is read once, changed in memory and written
 * once, by `flush`. Projections see no difference: rows are inserted at once, and before a statement that names a held
 * table its rows are written. Nothing else may write the tables until `flush`: use it within one transaction.
 */
export class HeldTables extends Tables {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #rows = new Map<string, Map<Value, Held>>();
  /** The values that references lead to. */
  readonly #found = new Map<string, Map<Value, Value>>();
  /** The held tables that a statement names. */
  readonly #named = new Map<string, string[]>();

  constructor(connection: Connection, generation: number, projections: readonly Projection[]) {
    super(connection, generation);
    this.#keys = new Map(projections.flatMap(({ held = {} }) => Object.entries(held)));
    for (const table of this.#keys.keys()) this.#rows.set(table, new Map());
  }

  override run(sql: string, ...values: Value[]): void {
    this.#settle(sql);
    super.run(sql, ...values);
  }

  override get<T>(sql: string, ...values: Value[]): T | undefined {
    this.#settle(sql);
    return super.get<T>(sql, ...values);
  }

  override insert(table: string, row: Row): void {
    super.insert(table, row);
    this.#rows.get(table)?.delete(row[this.#keys.get(table) ?? ''] ?? null);
  }

  override update(
    table: string,
    value: Value,
    changes: Changes,
    key: string | Reference = 'id',
    unless: Row = {},
  ): void {
    const rows = this.#rows.get(table);
    if (!rows) {
      super.update(table, value, changes, key, unless);
      return;
    }
    const held = this.#hold(table, rows, value, key);
    if (!held?.row) return;
    const { row } = held;
    for (const column in unless) if (row[column] === unless[column]) return;
    const changed: Row = {};
    for (const column in changes) {
      const to = changes[column] ?? null;
      changed[column] = isFromRow(to) ? to.of(row) : to;
    }
    // Only then: each of them is computed from the row as it was.
    Object.assign(row, changed);
    held.changed = true;
  }

  override value(
    table: string,
    column: string,
    value: Value,
    key: string | Reference = 'id',
  ): Value | undefined {
    const rows = this.#rows.get(table);
    if (!rows) return super.value(table, column, value, key);
    return this.#hold(table, rows, value, key)?.row?.[column];
  }

  override remove(table: string, value: Value, key: string): void {
    const rows = this.#rows.get(table);
    const held = rows && this.#hold(table, rows, value, key);
    if (held?.row === null) return;
    super.remove(table, value, key);
    rows?.delete(value);
  }

  /** Writes every row that has changed. */
  flush(): void {
    for (const [table, rows] of this.#rows) this.#flushTable(table, rows);
  }

  #hold(table: string, rows: Map<Value, Held>, value: Value, key: string | Reference): Held | undefined {
    const own = typeof key === 'string' ? value : this.#referred(key, value);
    if (own === undefined) return undefined;
    let held = rows.get(own);
    if (!held) {
      const row = this.read<Row>(`SELECT * FROM {${table}} WHERE ${this.#keys.get(table)} = ?`, [own]);
      held = { row: row ?? null, changed: false };
      rows.set(own, held);
    }
    return held;
  }

  #referred({ table, key, column }: Reference, value: Value): Value | undefined {
    const name = `${table} ${key} ${column}`;
    const known = this.#found.get(name) ?? new Map<Value, Value>();
    this.#found.set(name, known);
    const found =
      known.get(value) ??
      this.read<Row>(`SELECT ${column} FROM {${table}} WHERE ${key} = ?`, [value])?.[column];
    if (found !== undefined) known.set(value, found);
    return found;
  }

  /** Writes what is held of the tables that a statement names, and forgets it: the statement may change it. */
  #settle(sql: string): void {
    let named = this.#named.get(sql);
    if (!named) {
      named = [...this.#keys.keys()].filter((table) => sql.includes(`{${table}}`));
      this.#named.set(sql, named);
    }
    for (const table of named) {
      const rows = this.#rows.get(table);
      if (rows) this.#flushTable(table, rows);
    }
  }

  #flushTable(table: string, rows: Map<Value, Held>): void {
    const key = this.#keys.get(table) ?? '';
    for (const [value, { row, changed }] of rows) {
      if (row === null || !changed) continue;
      const { [key]: _, ...others } = row;
      super.update(table, value, others, key);
    }
    rows.clear();
  }
}
