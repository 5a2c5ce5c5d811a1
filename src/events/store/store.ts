import { randomUUID } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import { decode, isUnreadable, type LedgerEvent } from '../catalogue/index.ts';
import type { FoldedRow, NewEvent, StoredEvent } from '../event.ts';
import { type Encoded, encode, expectVersion, type Follower } from './appending.ts';
import type { Connection } from './connection.ts';
import { eventIdAt } from './event-id.ts';
import {
  type EventValues,
  eventsQuery,
  type FoldedValues,
  foldedQuery,
  foldedRow,
  INSERT_EVENT,
  type ReadOptions,
  storedEvent,
} from './event-rows.ts';
import { chainHash, GENESIS, rowValues } from './hash.ts';
import { LOCK_TIMEOUT_MS, waitingForLock } from './lock-wait.ts';
import { type EndOfLog, endOfLog, lastPosition, streamVersion } from './log-queries.ts';
import { explained, notWritable } from './open.ts';
import { pages } from './pages.ts';
import { type CommandIdentity, handledBefore, writeReceipt } from './receipts.ts';

export interface AppendOptions {
  /** The stream version that the decision is based on. Without it, the events are appended at the current end. */
  expectedVersion?: number;
  command?: CommandIdentity;
  causationId?: string;
  correlationId?: string;
  actor: string;
  /** When the events happened, if that was earlier than now: the ledger could not be written then. ISO 8601. */
  occurredAt?: string;
  /** Metadata of every event of the append. No decision depends on it. Redacted, as all text is. */
  metadata?: Record<string, unknown>;
}

export interface Appended {
  events: StoredEvent[];
  /** True if this command was handled before; the events are those of the first time. */
  duplicate: boolean;
}

/** An event as it is written, and as the read models see it. */
interface Written {
  stored: StoredEvent;
  event: LedgerEvent;
}

/** The append-only log in one SQLite file. Any number of processes may use it at once. */
export class EventStore {
  readonly file: string;
  readonly connection: Connection;
  readonly #clock: () => Date;
  readonly #dataVersion: Statement;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #follower: Follower | null = null;
  #appends = 0;
  /** Why nothing may be written; null while it may. */
  #sealed: string | null = null;
  /** Called again and again while this process waits for the ledger's lock, which blocks it. */
  onLockWait: () => void = () => {};
  /** How long an append waits for the lock, in milliseconds. */
  lockTimeoutMs = LOCK_TIMEOUT_MS;

  constructor(file: string, connection: Connection, clock: () => Date = () => new Date()) {
    this.file = file;
    this.connection = connection;
    this.#clock = clock;
    this.#dataVersion = connection.prepare('PRAGMA data_version').pluck();
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#commit = connection.prepare('COMMIT');
    this.#rollback = connection.prepare('ROLLBACK');
    // From here on, this class waits for locks itself.
    connection.pragma('busy_timeout = 0');
  }

  /** From here on every transaction is refused with LEDGER_NOT_WRITABLE: the ledger may only be read. */
  seal(reason: string): void {
    this.#sealed = reason;
  }

  /** Why nothing may be written to this ledger; null if it may be written. */
  get readOnly(): string | null {
    return this.#sealed;
  }

  get isReadOnly(): boolean {
    return this.#sealed !== null;
  }

  /** @throws LEDGER_NOT_WRITABLE */
  assertWritable(): void {
    if (this.#sealed !== null) throw notWritable(this.file, this.#sealed);
  }

  /** From here on this follower is called with every append of this process. */
  followedBy(follower: Follower): void {
    this.#follower = follower;
  }

  /**
   * Runs `work` in one IMMEDIATE transaction, so that what it reads cannot change before its events are appended.
   * A deferred transaction would let two processes read the same state and both write.
   */
  transaction<T>(work: () => T): T {
    if (this.connection.inTransaction) return work();
    this.assertWritable();
    return explained(this.file, () => {
      waitingForLock(() => this.#begin.run(), this.onLockWait, this.lockTimeoutMs);
      try {
        const result = work();
        this.#commit.run();
        return result;
      } catch (error) {
        // A full disk or a corrupt file may have ended the transaction already.
        if (this.connection.inTransaction) this.#rollback.run();
        throw error;
      }
    });
  }

  /** Runs `work` on one snapshot of the ledger, however long it reads. Writers are not blocked. */
  reading<T>(work: () => T): T {
    if (this.connection.inTransaction) return work();
    return explained(this.file, () =>
      this.connection
        .transaction(() => {
          // Takes the snapshot before `work` does anything that cannot be retried.
          waitingForLock(() => this.lastPosition());
          return work();
        })
        .deferred(),
    );
  }

  /**
   * Appends events to one stream, all or none.
   * @throws VERSION_CONFLICT (kind conflict) when the stream has moved on; COMMAND_ID_REUSED; EVENT_INVALID.
   */
  append(stream: string, events: readonly NewEvent[], options: AppendOptions): Appended {
    // Not while the ledger is locked, which others wait for.
    const encoded = events.map(encode);
    return this.transaction(() => {
      const handled = options.command && handledBefore(this, stream, options.command);
      if (handled) return { events: handled, duplicate: true };
      const end = endOfLog(this, stream);
      expectVersion(stream, end.version, options.expectedVersion);
      const isProjected = this.#prepare(encoded.length, end.position);
      const written = this.#insert(stream, encoded, { ...options, end, isProjected });
      const appended = written.map(({ stored }) => stored);
      this.#follow(
        written.map(({ event }) => event),
        appended.at(-1)?.position,
      );
      if (options.command)
        writeReceipt(this.connection, stream, options.command, { events: appended, last: end.position });
      return { events: appended, duplicate: false };
    });
  }

  version(stream: string): number {
    return streamVersion(this, stream);
  }

  lastPosition(): number {
    return lastPosition(this);
  }

  /**
   * Every matching event, in order, without a limit. Includes events appended meanwhile, except in `reading`. Reads
   * page by page: a reader that prints into a stalled pipe (`| less`) keeps no read transaction open, which would keep
   * the write-ahead log growing.
   */
  *read(options: ReadOptions = {}): Generator<StoredEvent> {
    yield* pages(options, (page) => this.readAll(page));
  }

  /** The same of what is folded of each event. */
  *readFolded(options: ReadOptions = {}): Generator<FoldedRow> {
    yield* pages(options, (page) => this.#rows<FoldedValues>(foldedQuery(page)).map(foldedRow));
  }

  /** As `read`, but as an array; for streams and other small reads. */
  readAll(options: ReadOptions): StoredEvent[] {
    return this.#rows<EventValues>(eventsQuery(options)).map(storedEvent);
  }

  #rows<Values>({ sql, values }: { sql: string; values: unknown[] }): Values[] {
    return explained(this.file, () =>
      waitingForLock(() => this.connection.prepareArrays<unknown[], Values>(sql).all(...values)),
    );
  }

  /** A number that changes with every append of any process, including this one. Costs microseconds. */
  changeCounter(): number {
    return this.dataVersion() + this.#appends;
  }

  /** A number that changes with every commit of another connection. */
  dataVersion(): number {
    return waitingForLock(() => this.#dataVersion.get() as number);
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return explained(this.file, () =>
      waitingForLock(() => this.connection.prepare(sql).all(...values) as T[]),
    );
  }

  get<T>(sql: string, ...values: unknown[]): T | undefined {
    return explained(this.file, () =>
      waitingForLock(() => this.connection.prepare(sql).get(...values) as T | undefined),
    );
  }

  close(): void {
    this.connection.close();
  }

  /** Writes events exactly as exported. The caller must have checked their hash chain. */
  restore(events: readonly StoredEvent[]): void {
    this.transaction(() => {
      const isProjected = this.#prepare(events.length, this.lastPosition());
      for (const { hash, ...row } of events) this.#write(row, Buffer.from(hash, 'hex'), isProjected);
      const readable = events.map(decode).filter((event): event is LedgerEvent => !isUnreadable(event));
      this.#follow(readable, events.at(-1)?.position);
    });
  }

  /** Before `count` events are written after position `last`. */
  #prepare(count: number, last: number): boolean {
    return count > 0 && (this.#follower?.prepare(last) ?? false);
  }

  #follow(events: readonly LedgerEvent[], last: number | undefined): void {
    if (last === undefined) return;
    this.#follower?.apply(events, last);
    this.#appends += 1;
  }

  #insert(
    stream: string,
    events: readonly Encoded[],
    { end, isProjected, ...options }: AppendOptions & { end: EndOfLog; isProjected: boolean },
  ): Written[] {
    let { position, version, hash: previous = GENESIS } = end;
    const now = this.#clock().toISOString();
    return events.map(({ type, schema_version, payload, data, ...event }) => {
      const metadata = event.metadata ?? options.metadata ?? {};
      const envelope = {
        position: ++position,
        event_id: event.event_id ?? eventIdAt(position, randomUUID()),
        stream_id: stream,
        stream_version: ++version,
        type,
        schema_version,
        occurred_at: event.occurred_at ?? options.occurredAt ?? now,
        recorded_at: now,
        command_id: options.command?.id ?? null,
        causation_id: options.causationId ?? null,
        correlation_id: options.correlationId ?? null,
        actor: options.actor,
      };
      const row = { ...envelope, payload, metadata: JSON.stringify(metadata) };
      previous = chainHash(previous, row);
      this.#write(row, previous, isProjected);
      return {
        stored: { ...row, hash: previous.toString('hex') },
        // Not decoded: it was validated a moment ago, in the current version of its type.
        event: { ...envelope, metadata, data } as LedgerEvent,
      };
    });
  }

  #write(row: Omit<StoredEvent, 'hash'>, hash: Buffer, isProjected: boolean): void {
    // Positional parameters: binding by name costs twice as much.
    this.connection.prepare(INSERT_EVENT).run(...rowValues(row), hash, isProjected ? 1 : null);
  }
}
