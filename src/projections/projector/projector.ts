import { decodeFolded, type FoldedEvent, isUnreadable } from '../../events/catalogue/index.ts';
import type { EndOfLog } from '../../events/store/log-queries.ts';
import { newer } from '../../events/store/open.ts';
import type { EventStore } from '../../events/store/store.ts';
import { applyEvent, type Projection } from '../projection.ts';
import type { Checkpoint } from './checkpoints.ts';
import { Generations } from './generations.ts';

/** Events per transaction while rebuilding: other writers wait about ten milliseconds, not seconds. */
const BATCH = 2000;

/** Events from which on rows are held: a worker has few of those of a single append. */
const WORTH_HOLDING = 100;

export interface RebuildProgress {
  position: number;
  last: number;
}

interface Step {
  dataVersion: number;
  /** SQLite's number of the schema: it changes with every table that comes or goes. */
  schemaVersion: number;
  /** The last event that all known tables have. */
  position: number;
  /** The live checkpoints that this code knows. */
  checkpoints: Checkpoint[];
  /** Whether these are all. */
  isWhole: boolean;
  /** Whether they were found in step: what was moved in a transaction may be rolled back with it. */
  wasInStep: boolean;
}

/** Keeps the tables of all projections in step with the log, in the append's own transaction. */
export class Projector {
  readonly #store: EventStore;
  readonly #projections: ReadonlyMap<string, Projection>;
  readonly #generations: Generations;
  readonly #handled: ReadonlySet<string>;
  /** What the last append of this process has found; valid while no other connection commits. */
  #step: Step | null = null;

  constructor(store: EventStore, projections: readonly Projection[]) {
    this.#store = store;
    this.#projections = new Map(projections.map((projection) => [projection.name, projection]));
    this.#generations = new Generations(store);
    this.#handled = new Set(projections.flatMap((projection) => Object.keys(projection.apply)));
    store.followedBy({
      prepare: (last) => this.#prepare(last),
      apply: (events, last) => this.#follow(events, last),
    });
  }

  /**
   * The projections whose tables are missing or were made by other code. Throws LEDGER_NEWER if that code is newer than
   * this.
   */
  outdated(): Projection[] {
    const live = this.#live();
    this.#assertNotNewer(live);
    return [...this.#projections.values()].filter(
      ({ name, version }) =>
        !live.some((checkpoint) => checkpoint.name === name && checkpoint.version === version),
    );
  }

  /** Whether every table is what this code makes of the whole log. */
  isCurrent(): boolean {
    const last = this.#store.lastPosition();
    return this.outdated().length === 0 && this.#live().every(({ position }) => position >= last);
  }

  /** Applies the rest of the log to every projection that is behind (because another program did not know it). */
  catchUp(): void {
    const last = this.#store.lastPosition();
    if (this.#live().every(({ position }) => position >= last)) return;
    this.#store.transaction(() => {
      for (const checkpoint of this.#live()) this.#advance([checkpoint]);
    });
  }

  /** Rebuilds the `outdated` projections; does nothing if another process has already done so. */
  upgrade(onProgress?: (progress: RebuildProgress, names: string[]) => void): void {
    const outdated = this.outdated();
    if (outdated.length === 0) return;
    const names = outdated.map(({ name }) => name);
    this.#build(
      () => this.outdated(),
      (progress) => onProgress?.(progress, names),
    );
  }

  /**
   * Folds the whole log into shadow tables and swaps them in with one transaction, without blocking readers and
   * writers. After a kill, the next rebuild continues from the shadow's checkpoint. Concurrent rebuilds share the work.
   */
  rebuild(
    projections: readonly Projection[] = [...this.#projections.values()],
    onProgress?: (progress: RebuildProgress) => void,
  ): void {
    this.#assertNotNewer(this.#live());
    this.#build(() => projections, onProgress);
  }

  #build(which: () => readonly Projection[], onProgress?: (progress: RebuildProgress) => void): void {
    const projections = this.#store.transaction(() => {
      const chosen = which();
      for (const projection of chosen) this.#generations.begin(projection);
      return chosen;
    });
    while (!this.#fold(projections)) {
      const begun = this.#shadows(projections);
      onProgress?.({ position: lowest(begun), last: this.#store.lastPosition() });
    }
  }

  /** Applies one batch to the shadows. Returns true once they are live, swapped in by this process or another. */
  #fold(projections: readonly Projection[]): boolean {
    // Read and decoded before taking the lock: if it were held all the time, other writers would time out.
    const from = lowest(this.#shadows(projections)) + 1;
    const { count, events } = this.#batch(from);
    return this.#store.transaction(() => {
      const shadows = this.#shadows(projections);
      if (count === BATCH) {
        // A shadow that was restarted meanwhile must not miss earlier events.
        if (lowest(shadows) >= from - 1) this.#apply(shadows, events, from + BATCH - 1);
        return shadows.length === 0;
      }
      this.#advance(shadows);
      for (const shadow of shadows) this.#swap(shadow);
      return true;
    });
  }

  /**
   * Before an append: tables that are behind catch up first. Returns whether this process keeps all live ones in step.
   * Their checkpoints are read only if they may have changed.
   */
  #prepare(last: Pick<EndOfLog, 'position' | 'projected'>): boolean {
    const dataVersion = this.#store.dataVersion();
    const { position } = last;
    const step = this.#step;
    if (step?.dataVersion === dataVersion && step.position === position) return step.isWhole;
    const schemaVersion = this.#store.schemaVersion();
    // Another process has kept the same tables in step: it has moved no checkpoint.
    if (step?.wasInStep && last.projected === 1 && step.schemaVersion === schemaVersion) {
      step.dataVersion = dataVersion;
      moveTo(step, position);
      return true;
    }
    this.#step = { ...this.#stepAfter(position), dataVersion, schemaVersion };
    return this.#step.isWhole;
  }

  #stepAfter(last: number): Omit<Step, 'dataVersion' | 'schemaVersion'> {
    const live = this.#generations.checkpoints(1);
    // A long-running process notices here that a newer program has upgraded the ledger.
    this.#assertNotNewer(live);
    const known = live.filter(({ name, version }) => this.#projections.get(name)?.version === version);
    const isWhole = known.length === live.length;
    // What this process does not know stays behind, and must say where.
    if (!isWhole) for (const each of live) if (each.follows) this.#generations.moveTo(each.position, [each]);
    const behind = known.filter(({ position }) => position < last);
    for (const checkpoint of behind) this.#advance([checkpoint]);
    const wasInStep = isWhole && behind.length === 0 && live.every(({ follows }) => follows);
    if (isWhole && !wasInStep) this.#generations.follow();
    return { position: last, checkpoints: known, isWhole, wasInStep };
  }

  /** Within an append: applies its events to the tables that `#prepare` has brought up to the event before. */
  #follow(events: readonly FoldedEvent[], last: number): void {
    if (!this.#step) return;
    const { checkpoints, isWhole } = this.#step;
    if (isWhole) this.#project(checkpoints, events);
    else this.#apply(checkpoints, events, last);
    moveTo(this.#step, last);
  }

  /** Applies all events after the checkpoints. */
  #advance(checkpoints: readonly Checkpoint[]): void {
    for (let from = lowest(checkpoints) + 1; ; from += BATCH) {
      const { count, last, events } = this.#batch(from);
      if (count > 0) this.#apply(checkpoints, events, last);
      if (count < BATCH) return;
    }
  }

  /** Applies to each checkpoint the events after it, and moves it to `last`. */
  #apply(checkpoints: readonly Checkpoint[], events: readonly FoldedEvent[], last: number): void {
    this.#project(checkpoints, events);
    const behind = checkpoints.filter(({ position }) => position < last);
    for (const checkpoint of behind) checkpoint.position = last;
    if (behind.length > 0) this.#generations.moveTo(last, behind);
  }

  #project(checkpoints: readonly Checkpoint[], events: readonly FoldedEvent[]): void {
    for (const { name, generation, position } of checkpoints) {
      const projection = this.#projections.get(name);
      if (!projection) continue;
      const held =
        events.length < WORTH_HOLDING ? null : this.#generations.heldTables(projection, generation);
      const tables = held ?? this.#generations.tables(generation);
      for (const event of events) if (event.position > position) applyEvent(projection, tables, event);
      held?.flush();
    }
  }

  /** The events from a position on, at most `BATCH`: how many, up to where, and the readable ones that any projection handles. */
  #batch(from: number): { count: number; last: number; events: FoldedEvent[] } {
    const events: FoldedEvent[] = [];
    let count = 0;
    let last = 0;
    for (const row of this.#store.readFolded({ from })) {
      if (this.#handled.has(row.type)) {
        const event = decodeFolded(row);
        if (!isUnreadable(event)) events.push(event);
      }
      count += 1;
      last = row.position;
      if (count === BATCH) break;
    }
    return { count, last, events };
  }

  #swap(shadow: Checkpoint): void {
    const projection = this.#projections.get(shadow.name);
    if (projection) this.#generations.swap(projection, shadow);
    this.#step = null;
  }

  #live(): Checkpoint[] {
    return this.#generations.checkpoints(1).filter(({ name }) => this.#projections.has(name));
  }

  #shadows(projections: readonly Projection[]): Checkpoint[] {
    return this.#generations
      .checkpoints(0)
      .filter((shadow) =>
        projections.some(({ name, version }) => shadow.name === name && shadow.version === version),
      );
  }

  #assertNotNewer(live: readonly Checkpoint[]): void {
    for (const { name, version } of live) {
      const known = this.#projections.get(name)?.version ?? version;
      if (version > known) {
        throw newer(this.#store.file, `projection ${name} version ${version}, this AgentPool knows ${known}`);
      }
    }
  }
}

function moveTo(step: Step, position: number): void {
  step.position = position;
  for (const checkpoint of step.checkpoints) checkpoint.position = position;
}

/** The position up to which all of them have applied the log. */
const lowest = (checkpoints: readonly Checkpoint[]): number =>
  checkpoints.length > 0
    ? Math.min(...checkpoints.map(({ position }) => position))
    : Number.MAX_SAFE_INTEGER - 1;
