import { newer } from '../../events/store/open.ts';
import type { EventStore } from '../../events/store/store.ts';
import { HeldTables } from '../held-tables.ts';
import { type Projection, Tables, viewsOf } from '../projection.ts';
import { type Checkpoint, checkpointsOf } from './checkpoints.ts';

/**
 * The tables of projections, generation by generation: the live one, which readers see through views, and the shadow
 * that a rebuild fills. Everything that changes them is called within a transaction.
 */
export class Generations {
  readonly #store: EventStore;
  readonly #tables = new Map<number, Tables>();
  readonly #held = new Map<number, HeldTables>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  checkpoints(active: 0 | 1): Checkpoint[] {
    return checkpointsOf(this.#store, active);
  }

  tables(generation: number): Tables {
    let tables = this.#tables.get(generation);
    if (!tables) {
      tables = new Tables(this.#store.connection, generation);
      this.#tables.set(generation, tables);
    }
    return tables;
  }

  /** The same for many events in one transaction, at whose end they are flushed. They hold nothing yet. */
  heldTables(projection: Projection, generation: number): HeldTables {
    let held = this.#held.get(generation);
    if (!held) {
      held = new HeldTables(this.#store.connection, generation, [projection]);
      this.#held.set(generation, held);
    }
    // What a transaction that was rolled back has left.
    held.forget();
    return held;
  }

  moveTo(position: number, checkpoints: readonly Checkpoint[]): void {
    const marks = checkpoints.map(() => '?').join(', ');
    this.#store.connection
      .prepare(`UPDATE projection_checkpoints SET position = ? WHERE generation IN (${marks})`)
      .run(position, ...checkpoints.map(({ generation }) => generation));
  }

  /** Lets the live checkpoints follow the log. To be followed, in the same transaction, by an event that is `projected`. */
  follow(): void {
    this.#store.connection
      .prepare('UPDATE projection_checkpoints SET position = NULL WHERE active = 1 AND position IS NOT NULL')
      .run();
  }

  /** Creates the shadow of a projection, or continues one that another process has begun. */
  begin(projection: Projection): void {
    const { name, version, schema } = projection;
    const begun = this.checkpoints(0).find((shadow) => shadow.name === name);
    if (begun?.version === version) return;
    if (begun && begun.version > version) {
      throw newer(this.#store.file, `which is rebuilding ${name} in version ${begun.version}`);
    }
    if (begun) this.#drop(begun);
    const generation =
      1 +
      (this.#store.get<{ last: number }>('SELECT max(generation) AS last FROM projection_checkpoints')
        ?.last ?? 0);
    this.#store.connection
      .prepare('INSERT INTO projection_checkpoints VALUES (?, ?, ?, 0, 0)')
      .run(name, generation, version);
    this.tables(generation).execute(schema);
  }

  /** Makes the shadow live, and drops the previous tables. */
  swap(projection: Projection, shadow: Checkpoint): void {
    const { connection } = this.#store;
    const before = this.checkpoints(1).find(({ name }) => name === shadow.name);
    if (before) this.#drop(before);
    const tables = this.tables(shadow.generation);
    for (const [view, select] of viewsOf(projection)) {
      connection.exec(`DROP VIEW IF EXISTS ${view}`);
      connection.exec(`CREATE VIEW ${view} AS ${tables.physical(select)}`);
    }
    this.#store.connection
      .prepare('UPDATE projection_checkpoints SET active = 1 WHERE name = ? AND generation = ?')
      .run(shadow.name, shadow.generation);
  }

  /** Drops a generation's tables and their views, whichever version of the code created them. */
  #drop({ name, generation }: Checkpoint): void {
    const { connection } = this.#store;
    const own = new RegExp(`__${generation}\\b`);
    const objects = this.#store.all<{ type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND sql GLOB ?",
      `*__${generation}*`,
    );
    for (const { type, name, sql } of objects) {
      if (type === 'view' && own.test(sql)) connection.exec(`DROP VIEW "${name}"`);
    }
    for (const { type, name } of objects) {
      if (type === 'table' && own.test(name)) connection.exec(`DROP TABLE "${name}"`);
    }
    this.#store.connection
      .prepare('DELETE FROM projection_checkpoints WHERE name = ? AND generation = ?')
      .run(name, generation);
    this.#tables.delete(generation);
    this.#held.delete(generation);
  }
}
