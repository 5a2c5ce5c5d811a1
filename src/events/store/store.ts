import type { Statement } from 'better-sqlite3';
import { decode, isUnreadable, type LedgerEvent } from '../catalogue/index.ts';
import type { FoldedRow, NewEvent, StoredEvent } from '../event.ts';
import { type AppendOptions, encode, expectVersion, type Follower } from './appending.ts';
import type { Connection } from './connection.ts';
import { type AppendRequest, type Draft, endAt, rowsAfter } from './draft.ts';
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
import { rowValues, type UnhashedEvent } from './hash.ts';
import { LOCK_TIMEOUT_MS, waitingForLock } from './lock-wait.ts';
import { type EndOfLog, endOfLog, lastPosition, streamVersion } from './log-queries.ts';
import { explained, notWritable } from './open.ts';
import { pages } from './pages.ts';
import { handledBefore, writeReceipt } from './receipts.ts';

export interface Appended {
  events: StoredEvent[];
  /** True if this command was handled before; the events are those of the first time. */
  duplicate: boolean;
}

interface OwnEnd {
  /** The change counter while it is the end. */
  counter: number;
  stream: string;
  end: EndOfLog;
}

/** The append-only log in one SQLite file. Any number of processes may use it at once. */
export class EventStore {
  readonly file: string;
  readonly connection: Connection;
  readonly #clock: () => Date;
  readonly #dataVersion: Statement;
  readonly #schemaVersion: Statement;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #follower: Follower | null = null;
  #appends = 0;
  /** The end of the log after the last append of this process; null if that is not known. */
  #own: OwnEnd | null = null;
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
    this.#schemaVersion = connection.prepare('PRAGMA schema_version').pluck();
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
    return this.appendDraft(this.draft(stream, events, options));
  }

  /**
   * The rows of an append, for the end of the log as it is. Made before the ledger is locked, which others wait for: if
   * anything is appended until then, `appendDraft` makes them again.
   * @throws EVENT_INVALID, EVENT_UNKNOWN
   */
  draft(stream: string, events: readonly NewEvent[], options: AppendOptions): Draft {
    return this.#redraft({ stream, encoded: events.map(encode), options });
  }

  #redraft(request: AppendRequest): Draft {
    // Read before the end: a commit in between makes the draft old, not wrong.
    const counter = this.changeCounter();
    const end = this.#endAt(counter, request.stream);
    return { ...request, counter, end, written: rowsAfter(end, request, this.#clock()) };
  }

  #endAt(counter: number, stream: string): EndOfLog {
    const own = this.#own;
    if (own?.counter !== counter) return endOfLog(this, stream);
    return own.stream === stream ? own.end : { ...own.end, version: this.version(stream) };
  }

  /** Appends what was drafted. Throws as `append` does. */
  appendDraft(draft: Draft): Appended {
    const { stream, options } = draft;
    let own: OwnEnd | null = null;
    const isOutermost = !this.connection.inTransaction;
    const appended = this.transaction(() => {
      const handled = options.command && handledBefore(this, stream, options.command);
      if (handled) return { events: handled, duplicate: true };
      const isCurrent = draft.counter === this.changeCounter();
      const { counter, end, written } = isCurrent ? draft : this.#redraft(draft);
      expectVersion(stream, end.version, options.expectedVersion);
      const projected = this.#prepare(written.length, end);
      for (const { stored, hash } of written) this.#write(stored, hash, projected);
      const stored = written.map((each) => each.stored);
      const last = written.at(-1);
      this.#follow(
        written.map(({ event }) => event),
        last?.stored.position,
      );
      if (options.command)
        writeReceipt(this.connection, stream, options.command, { events: stored, last: end.position });
      if (last) own = { counter: counter + 1, stream, end: endAt(last, projected) };
      return { events: stored, duplicate: false };
    });
    // Within another transaction it may still be rolled back.
    if (isOutermost) this.#own = own;
    return appended;
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

  /** A number that changes with every change of the schema, as when tables are built or dropped. */
  schemaVersion(): number {
    return waitingForLock(() => this.#schemaVersion.get() as number);
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
      const projected = this.#prepare(events.length, endOfLog(this, ''));
      for (const { hash, ...row } of events) this.#write(row, Buffer.from(hash, 'hex'), projected);
      const readable = events.map(decode).filter((event): event is LedgerEvent => !isUnreadable(event));
      this.#follow(readable, events.at(-1)?.position);
    });
  }

  /** Before `count` events are written after `last`. */
  #prepare(count: number, last: EndOfLog): 1 | null {
    return count > 0 && this.#follower?.prepare(last) ? 1 : null;
  }

  #follow(events: readonly LedgerEvent[], last: number | undefined): void {
    if (last === undefined) return;
    this.#follower?.apply(events, last);
    this.#appends += 1;
  }

  #write(row: UnhashedEvent, hash: Buffer, projected: 1 | null): void {
    // Positional parameters: binding by name costs twice as much.
    this.connection.prepare(INSERT_EVENT).run(...rowValues(row), hash, projected);
  }
}
