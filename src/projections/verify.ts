import Database from 'better-sqlite3';
import { decode, isUnreadable } from '../events/catalogue.ts';
import type { StoredEvent } from '../events/event.ts';
import type { Connection } from '../events/open.ts';
import { applyEvent, type Projection, Tables } from './projection.ts';

export interface TableFault {
  projection: string;
  table: string;
  /** What the live table holds, and what the log says it should hold; null where a row is missing. */
  actual: unknown;
  expected: unknown;
}

/** A fresh fold of events in memory, by the same code that keeps the live tables. */
export class FreshFold {
  readonly connection: Connection = new Database(':memory:');
  readonly #projections: readonly Projection[];
  readonly #tables = new Tables(this.connection, 0);

  constructor(projections: readonly Projection[]) {
    this.#projections = projections;
    for (const { schema, tables } of projections) {
      this.#tables.execute(schema);
      for (const table of tables) {
        this.connection.exec(`CREATE VIEW ${table} AS SELECT * FROM ${this.#tables.physical(`{${table}}`)}`);
      }
    }
  }

  /** Applies one stored event; what this code can not read is skipped, as everywhere. */
  apply(stored: StoredEvent): void {
    const event = decode(stored);
    if (isUnreadable(event)) return;
    for (const projection of this.#projections) applyEvent(projection, this.#tables, event);
  }

  /** The first row, if any, in which the live tables differ from this fold. */
  firstDifference(live: Connection): TableFault | null {
    for (const { name, tables } of this.#projections) {
      for (const table of tables) {
        const difference = differs(live, this.connection, table);
        if (difference) return { projection: name, table, ...difference };
      }
    }
    return null;
  }

  close(): void {
    this.connection.close();
  }
}

function differs(live: Connection, fresh: Connection, table: string) {
  const all = `SELECT * FROM ${table} ORDER BY 1, 2`;
  const actual = live.prepare(all).iterate();
  const expected = fresh.prepare(all).iterate();
  try {
    for (;;) {
      const left = actual.next();
      const right = expected.next();
      if (left.done && right.done) return null;
      const [a, e] = [left.done ? null : left.value, right.done ? null : right.value];
      if (JSON.stringify(a) !== JSON.stringify(e)) return { actual: a, expected: e };
    }
  } finally {
    actual.return?.();
    expected.return?.();
  }
}
