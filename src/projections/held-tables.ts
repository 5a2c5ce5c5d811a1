import type { Connection } from '../events/store/connection.ts';
import {
  isFromRow,
  type Projection,
  type Reference,
  type RowChanges,
  type SqlValue,
  type TableRow,
  Tables,
} from './projection.ts';

/** A row as the changes make it; null if there is none. */
interface Held {
  row: TableRow | null;
  /** What the database has to learn of it. */
  unwritten: 'nothing' | 'changes' | 'all';
}

/** A table whose rows are held by their key. */
interface HeldTable {
  name: string;
  key: string;
  rows: Map<SqlValue, Held>;
}

/** How a row of a table is written; one statement for all rows of it. */
interface Writing {
  columns: readonly string[];
  /** Those that an update writes: not the key, or SQLite would write every index of the row. */
  others: readonly string[];
  /** What columns get that an insert does not name. */
  defaults: TableRow;
  insert: string;
  update: string;
}

/**
 * Tables for many events at once. A row of a table that a projection holds is read once, changed in memory and written
 * once, by `flush`; a new one is not read at all. Projections see no difference, except that a row that the database
 * refuses is refused by `flush`: before a statement that names a held table, its rows are written. Nothing else may write
 * the tables until `flush`: use it within one transaction, and `forget` what a rolled-back one has left.
 */
export class HeldTables extends Tables {
  readonly #connection: Connection;
  readonly #tables: ReadonlyMap<string, HeldTable>;
  readonly #writings = new Map<string, Writing>();
  /** The values that references lead to. */
  readonly #found = new Map<Reference, Map<SqlValue, SqlValue>>();
  /** The held tables that a statement names. */
  readonly #named = new Map<string, HeldTable[]>();

  constructor(connection: Connection, generation: number, projections: readonly Projection[]) {
    super(connection, generation);
    this.#connection = connection;
    const keys = projections.flatMap(({ held = {} }) => Object.entries(held));
    this.#tables = new Map(keys.map(([name, key]) => [name, { name, key, rows: new Map() }]));
  }

  override run(sql: string, ...values: SqlValue[]): void {
    this.#settle(sql);
    super.run(sql, ...values);
  }

  override get<T>(sql: string, ...values: SqlValue[]): T | undefined {
    this.#settle(sql);
    return super.get<T>(sql, ...values);
  }

  override insert(name: string, row: TableRow): void {
    const table = this.#tables.get(name);
    const own = row[table?.key ?? ''] ?? null;
    // Without its key, or beside a row that is there: the database says what is wrong.
    if (!table || own === null || table.rows.get(own)?.row) {
      if (table) this.#flushTable(table);
      super.insert(name, row);
      return;
    }
    // One copy and then each column: to spread both takes twice as long.
    const whole = { ...this.#writing(table).defaults };
    for (const column in row) whole[column] = row[column] ?? null;
    table.rows.set(own, { row: whole, unwritten: 'all' });
  }

  override update(
    name: string,
    value: SqlValue,
    changes: RowChanges,
    key: string | Reference = 'id',
    unless: TableRow = {},
  ): void {
    const table = this.#heldBy(name, key);
    if (!table) {
      super.update(name, value, changes, key, unless);
      return;
    }
    const held = this.#hold(table, value, key);
    if (!held?.row) return;
    const { row } = held;
    for (const column in unless) if (row[column] === unless[column]) return;
    const values: SqlValue[] = [];
    for (const column in changes) {
      const to = changes[column] ?? null;
      values.push(isFromRow(to) ? to.of(row) : to);
    }
    // Only then: each of them is computed from the row as it was.
    let index = 0;
    for (const column in changes) row[column] = values[index++] ?? null;
    if (held.unwritten === 'nothing') held.unwritten = 'changes';
  }

  override value(
    name: string,
    column: string,
    value: SqlValue,
    key: string | Reference = 'id',
  ): SqlValue | undefined {
    const table = this.#heldBy(name, key);
    if (!table) return super.value(name, column, value, key);
    return this.#hold(table, value, key)?.row?.[column];
  }

  override remove(name: string, value: SqlValue, key: string): void {
    const table = this.#heldBy(name, key);
    const held = table && this.#hold(table, value, key);
    if (held?.row === null) return;
    if (held?.unwritten !== 'all') super.remove(name, value, key);
    table?.rows.set(value, { row: null, unwritten: 'nothing' });
  }

  /** Writes every row that has changed. */
  flush(): void {
    for (const table of this.#tables.values()) this.#flushTable(table);
  }

  /** Drops what is held, written or not. */
  forget(): void {
    for (const { rows } of this.#tables.values()) rows.clear();
    this.#found.clear();
  }

  /** The table if its rows are held by this key; by another one, the database finds them. */
  #heldBy(name: string, key: string | Reference): HeldTable | undefined {
    const table = this.#tables.get(name);
    if (!table || table.key === (typeof key === 'string' ? key : key.column)) return table;
    this.#flushTable(table);
    return undefined;
  }

  #hold(table: HeldTable, value: SqlValue, key: string | Reference): Held | undefined {
    const own = typeof key === 'string' ? value : this.#referred(key, value);
    if (own === undefined) return undefined;
    let held = table.rows.get(own);
    if (!held) {
      const row = this.read<TableRow>(`SELECT * FROM {${table.name}} WHERE ${table.key} = ?`, [own]);
      held = { row: row ?? null, unwritten: 'nothing' };
      table.rows.set(own, held);
    }
    return held;
  }

  #referred(reference: Reference, value: SqlValue): SqlValue | undefined {
    const { table: name, key, column } = reference;
    const table = this.#tables.get(name);
    if (table && table.key !== key) this.#flushTable(table);
    // A new row is not in the database yet.
    const held = table?.rows.get(value);
    if (held) return held.row?.[column];
    const known = this.#found.get(reference) ?? new Map<SqlValue, SqlValue>();
    this.#found.set(reference, known);
    const found =
      known.get(value) ??
      this.read<TableRow>(`SELECT ${column} FROM {${name}} WHERE ${key} = ?`, [value])?.[column];
    if (found !== undefined) known.set(value, found);
    return found;
  }

  /** Writes what is held of the tables that a statement names, and forgets it: the statement may change it. */
  #settle(sql: string): void {
    let named = this.#named.get(sql);
    if (!named) {
      named = [...this.#tables.values()].filter(({ name }) => sql.includes(`{${name}}`));
      this.#named.set(sql, named);
    }
    for (const table of named) this.#flushTable(table);
  }

  #flushTable({ name, key, rows }: HeldTable): void {
    if (rows.size === 0) return;
    const { columns, others, insert, update } = this.#writing({ name, key });
    for (const [own, { row, unwritten }] of rows) {
      if (row === null || unwritten === 'nothing') continue;
      const valuesOf = (names: readonly string[]) => names.map((column) => row[column] ?? null);
      if (unwritten === 'all') this.write(insert, valuesOf(columns));
      else this.write(update, [...valuesOf(others), own]);
    }
    rows.clear();
  }

  #writing({ name, key }: Pick<HeldTable, 'name' | 'key'>): Writing {
    const known = this.#writings.get(name);
    if (known) return known;
    const described = this.#connection
      .prepare<[string], { name: string; value: string | null }>(
        'SELECT name, dflt_value AS value FROM pragma_table_info(?)',
      )
      .all(this.physical(`{${name}}`));
    const columns = described.map((column) => column.name);
    const others = columns.filter((column) => column !== key);
    const defaults = this.read<TableRow>(
      `SELECT ${described.map((column) => `${column.value ?? 'NULL'} AS ${column.name}`).join(', ')}`,
      [],
    );
    const writing = {
      columns,
      others,
      defaults: defaults ?? {},
      insert: `INSERT INTO {${name}} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      update: `UPDATE {${name}} SET ${others.map((column) => `${column} = ?`).join(', ')} WHERE ${key} = ?`,
    };
    this.#writings.set(name, writing);
    return writing;
  }
}
