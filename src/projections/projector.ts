import { decode, isUnreadable, type LedgerEvent } from '../events/catalogue.ts';
import type { StoredEvent } from '../events/event.ts';
import { newer } from '../events/open.ts';
import type { EventStore } from '../events/store.ts';
import { applyEvent, type Projection, Tables } from './projection.ts';

/** Events a transaction while rebuilding: other writers wait some ten milliseconds, not seconds. */
const BATCH = 5000;

export interface Progress {
  position: number;
  last: number;
}

interface Checkpoint {
  name: string;
  generation: number;
  version: number;
  position: number;
  active: 0 | 1;
}

/** Keeps the tables of all projections in step with the log, in the append's own transaction. */
export class Projector {
  readonly #store: EventStore;
  readonly #projections: readonly Projection[];
  readonly #tables = new Map<number, Tables>();
  readonly #handled: Set<string>;

  constructor(store: EventStore, projections: readonly Projection[]) {
    this.#store = store;
    this.#projections = projections;
    this.#handled = new Set(projections.flatMap((projection) => Object.keys(projection.apply)));
    store.subscribe((events) => this.#follow(events));
  }

  /** The projections whose tables are missing or were made by other code. LEDGER_NEWER when that code is newer than this. */
  outdated(): Projection[] {
    const live = this.#checkpoints(1);
    return this.#projections.filter((projection) => {
      const checkpoint = live.get(projection.name);
      if (checkpoint && checkpoint.version > projection.version) {
        const versions = `${checkpoint.version}, this AgentPool knows ${projection.version}`;
        throw newer(this.#store.file, `projection ${projection.name} version ${versions}`);
      }
      return !checkpoint || checkpoint.version < projection.version;
    });
  }

  /** Brings every projection that is behind up to the end of the log (one that another program did not know). */
  catchUp(): void {
    const last = this.#store.lastPosition();
    for (const checkpoint of this.#checkpoints(1).values()) {
      if (checkpoint.position < last && this.#known(checkpoint.name)) {
        this.#store.transaction(() => this.#advance([checkpoint]));
      }
    }
  }

  /**
   * Folds the whole log into shadow tables and swaps them in with one transaction; readers and writers go on meanwhile.
   * Killed in between, the next rebuild goes on from the shadow's checkpoint. Two at once share the work.
   */
  rebuild(
    projections: readonly Projection[] = this.#projections,
    onProgress?: (progress: Progress) => void,
  ): void {
    if (projections.length === 0) return;
    this.#store.transaction(() => {
      for (const projection of projections) this.#shadow(projection);
    });
    for (let swapped = false; !swapped; ) {
      swapped = this.#store.transaction(() => {
        const begun = this.#checkpoints(0);
        const shadows = projections.flatMap(({ name }) => begun.get(name) ?? []);
        if (shadows.length > 0 && this.#advance(shadows, 1)) return false;
        for (const shadow of shadows) this.#swap(shadow);
        return true;
      });
      onProgress?.({ position: this.#position(projections), last: this.#store.lastPosition() });
    }
  }

  /** Within an append: applies its events; a projection that is behind catches up first. */
  #follow(events: readonly StoredEvent[]): void {
    const first = events[0];
    if (!first) return;
    const checkpoints = [...this.#checkpoints(1).values()].filter(({ name }) => this.#known(name));
    this.#assertOurs(checkpoints);
    if (checkpoints.every(({ position }) => position === first.position - 1))
      this.#apply(checkpoints, events);
    else this.#advance(checkpoints);
  }

  #assertOurs(checkpoints: readonly Checkpoint[]): void {
    // A long-lived process finds out here that a newer program has upgraded the ledger under it.
    for (const { name, version } of checkpoints) {
      const known = this.#known(name)?.version;
      if (version !== known)
        throw newer(this.#store.file, `projection ${name} version ${version}, not ${known}`);
    }
  }

  /** Applies what the checkpoints lack, at most `batches` batches; true while more is waiting. */
  #advance(checkpoints: readonly Checkpoint[], batches = Number.POSITIVE_INFINITY): boolean {
    let from = Math.min(...checkpoints.map(({ position }) => position)) + 1;
    for (let batch = 0; batch < batches; batch++) {
      const events = this.#store.readAll({ from, limit: BATCH });
      this.#apply(checkpoints, events);
      if (events.length < BATCH) return false;
      from += BATCH;
    }
    return true;
  }

  /** Applies to each checkpoint the events that lie behind it, and moves it to the last of them. */
  #apply(checkpoints: readonly Checkpoint[], events: readonly StoredEvent[]): void {
    const last = events.at(-1);
    if (!last || checkpoints.length === 0) return;
    for (const stored of events) {
      if (!this.#handled.has(stored.type)) continue;
      const event = decode(stored);
      if (isUnreadable(event)) continue;
      for (const checkpoint of checkpoints) {
        if (event.position > checkpoint.position) this.#applyOne(checkpoint, event);
      }
    }
    const pairs = checkpoints.map(() => '(name = ? AND generation = ?)').join(' OR ');
    this.#store
      .prepare(`UPDATE projection_checkpoints SET position = ? WHERE position < ? AND (${pairs})`)
      .run(
        last.position,
        last.position,
        ...checkpoints.flatMap(({ name, generation }) => [name, generation]),
      );
  }

  #applyOne({ name, generation }: Checkpoint, event: LedgerEvent): void {
    const projection = this.#known(name);
    if (projection) applyEvent(projection, this.#tablesOf(generation), event);
  }

  #shadow(projection: Projection): void {
    const { connection } = this.#store;
    const begun = this.#checkpoints(0).get(projection.name);
    if (begun?.version === projection.version) return;
    if (begun) this.#drop(begun);
    const generations = connection
      .prepare('SELECT coalesce(max(generation), 0) + 1 AS next FROM projection_checkpoints')
      .get() as { next: number };
    connection
      .prepare('INSERT INTO projection_checkpoints VALUES (?, ?, ?, 0, 0)')
      .run(projection.name, generations.next, projection.version);
    this.#tablesOf(generations.next).execute(projection.schema);
  }

  #swap(shadow: Checkpoint): void {
    const projection = this.#known(shadow.name);
    if (!projection) return;
    const { connection } = this.#store;
    const before = this.#checkpoints(1).get(shadow.name);
    const tables = this.#tablesOf(shadow.generation);
    for (const table of projection.tables) {
      connection.exec(`DROP VIEW IF EXISTS ${table}`);
      connection.exec(`CREATE VIEW ${table} AS SELECT * FROM ${tables.physical(`{${table}}`)}`);
    }
    if (before) this.#drop(before);
    connection
      .prepare('UPDATE projection_checkpoints SET active = 1 WHERE name = ? AND generation = ?')
      .run(shadow.name, shadow.generation);
  }

  /** Drops a generation's tables, whatever code had made them. */
  #drop({ name, generation }: Checkpoint): void {
    const { connection } = this.#store;
    const tables = connection
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?`)
      .all(`*__${generation}`) as { name: string }[];
    for (const table of tables) connection.exec(`DROP TABLE "${table.name}"`);
    connection
      .prepare('DELETE FROM projection_checkpoints WHERE name = ? AND generation = ?')
      .run(name, generation);
    this.#tables.delete(generation);
  }

  #position(projections: readonly Projection[]): number {
    const names = new Set(projections.map(({ name }) => name));
    const shadows = [...this.#checkpoints(0).values()].filter(({ name }) => names.has(name));
    return shadows.length > 0
      ? Math.min(...shadows.map(({ position }) => position))
      : this.#store.lastPosition();
  }

  #checkpoints(active: 0 | 1): Map<string, Checkpoint> {
    const rows = this.#store.prepare('SELECT * FROM projection_checkpoints WHERE active = ?').all(active);
    return new Map((rows as Checkpoint[]).map((row) => [row.name, row]));
  }

  #tablesOf(generation: number): Tables {
    let tables = this.#tables.get(generation);
    if (!tables) {
      tables = new Tables(this.#store.connection, generation);
      this.#tables.set(generation, tables);
    }
    return tables;
  }

  #known(name: string): Projection | undefined {
    return this.#projections.find((projection) => projection.name === name);
  }
}
