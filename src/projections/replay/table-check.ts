import { decodeFolded, type FoldedEvent, isUnreadable } from '../../events/catalogue/index.ts';
import type { FoldedRow } from '../../events/event.ts';
import { type Connection, keep, openSqlite } from '../../events/store/connection.ts';
import { HeldTables } from '../held-tables.ts';
import { applyEvent, type Projection, Tables, viewsOf } from '../projection.ts';

export interface TableFault {
  projection: string;
  table: string;
  /** The row of the live table, and the row that the log yields; null if a row is missing. */
  actual: unknown;
  expected: unknown;
}

/** Selects rows: a condition in SQL and its values. */
export interface RowFilter {
  sql: string;
  values: readonly string[];
}

/** Events after which held rows are written: those of all workers would fill the memory. */
export const HELD_EVENTS = 5000;

/** A fresh fold of events in memory, by the code that maintains the live tables. */
export class FreshFold {
  readonly #connection: Connection = openSqlite(':memory:');
  readonly #projections: readonly Projection[];
  readonly #held: HeldTables | null;
  #events = 0;
  /** What the events are applied to. To read rows, use `connection`. */
  readonly tables: Tables;

  /** With `hold`, rows are written once for many events: for a whole log. */
  constructor(projections: readonly Projection[], { hold = false } = {}) {
    this.#projections = projections;
    this.#held = hold ? new HeldTables(this.#connection, 0, projections) : null;
    this.tables = this.#held ?? new Tables(this.#connection, 0);
    // One transaction for all events: a commit per row would cost more than the fold.
    this.#connection.exec('BEGIN');
    for (const projection of projections) {
      this.tables.execute(projection.schema);
      for (const [view, select] of viewsOf(projection))
        this.#connection.exec(`CREATE VIEW ${view} AS ${this.tables.physical(select)}`);
    }
  }

  /** The folded tables. */
  get connection(): Connection {
    this.settle();
    return this.#connection;
  }

  /** Writes the rows that are held. Throws what the database says of one that it refuses. */
  settle(): void {
    this.#held?.flush();
  }

  /** Applies one stored event. Skips an event that this code cannot read, as the live tables do. */
  apply(stored: FoldedRow): void {
    const event = decodeFolded(stored);
    if (!isUnreadable(event)) this.fold(event);
  }

  fold(event: FoldedEvent): void {
    for (const projection of this.#projections) applyEvent(projection, this.tables, event);
    this.#events += 1;
    if (this.#events % HELD_EVENTS === 0) this.settle();
  }

  /** The first row in which the live tables differ from this fold, if any; of each table among those of `only`. */
  firstDifference(
    live: Connection,
    only: (table: string, projection: Projection) => RowFilter | 'all' | 'none' = () => 'all',
  ): TableFault | null {
    const folded = this.connection;
    for (const projection of this.#projections) {
      const { name, tables, views } = projection;
      // A projection's own views have every column of its tables, as readers see them.
      for (const table of views ? Object.keys(views) : tables) {
        const rows = only(table, projection);
        if (rows === 'none') continue;
        const difference = differs(live, folded, table, rows === 'all' ? EVERY_ROW : rows);
        if (difference) return { projection: name, table, ...difference };
      }
    }
    return null;
  }

  close(): void {
    this.#connection.close();
  }
}

const EVERY_ROW: RowFilter = { sql: 'true', values: [] };

/** A row as an array: objects would cost three times as much. */
type Row = unknown[];

/** Walks both tables side by side in the order of their key, which is the first column of every table. */
function differs(live: Connection, fresh: Connection, table: string, { sql, values }: RowFilter) {
  const all = `SELECT * FROM ${table} WHERE ${sql} ORDER BY 1, 2`;
  const query = live.prepareArrays<unknown[], Row>(all);
  const columns = query.columns().map(({ name }) => name);
  const named = (row: Row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]));
  const actual = keep(query.iterate(...values));
  const expected = keep(fresh.prepareArrays<unknown[], Row>(all).iterate(...values));
  try {
    for (;;) {
      const [left, right] = [actual.next(), expected.next()];
      if (left.done && right.done) return null;
      const [a, e] = [left.done ? null : left.value, right.done ? null : right.value];
      if (a && e && a.every((value, index) => value === e[index])) continue;
      // If one side lacks a row, the next row of the other side has the smaller key.
      const order = !a || !e ? 0 : Math.sign(Number(a[0]) - Number(e[0]));
      return {
        actual: a && order <= 0 ? named(a) : null,
        expected: e && order >= 0 ? named(e) : null,
      };
    }
  } finally {
    actual.return?.();
    expected.return?.();
  }
}
