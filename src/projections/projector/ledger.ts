import {
  decode,
  isUnreadable,
  type LedgerEvent,
  type UnreadableEvent,
} from '../../events/catalogue/index.ts';
import { CommandRejected, type Decider, type DecisionContext, fingerprint } from '../../events/decider.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { AppendOptions } from '../../events/store/appending.ts';
import type { ReadOptions } from '../../events/store/event-rows.ts';
import type { OnMigration } from '../../events/store/migrate.ts';
import { type Opened, openLedgerFile } from '../../events/store/open.ts';
import { handledBefore } from '../../events/store/receipts.ts';
import { EventStore } from '../../events/store/store.ts';
import type { Projection } from '../projection.ts';
import { projections } from './all.ts';
import { Projector, type RebuildProgress } from './projector.ts';

export interface LedgerOptions {
  clock?: () => Date;
  projections?: readonly Projection[];
  /** Called while a ledger of an earlier format is brought to the current one. */
  onMigration?: OnMigration;
  /** Called when tables have to be rebuilt before the ledger can be used. */
  onRebuild?: (names: string[], progress: RebuildProgress) => void;
}

export interface Executed<State> {
  events: LedgerEvent[];
  /** The stream's state after the events. */
  state: State;
  duplicate: boolean;
}

/** Appends the decided events, in a transaction; returns them as stored. */
export type Append = () => LedgerEvent[];

export type ExecuteOptions = Omit<AppendOptions, 'command' | 'expectedVersion'> & {
  /** Makes the command idempotent: a second command with this id returns the events of the first. */
  commandId?: string;
};

/** The log and its read models, which every command of AgentPool works on. */
export class Ledger {
  readonly store: EventStore;
  readonly projector: Projector;

  constructor(store: EventStore, projector: Projector) {
    this.store = store;
    this.projector = projector;
  }

  /**
   * Decides on the current stream and appends the resulting events in one transaction, in which `within` runs. It decides
   * before the ledger is locked, which others wait for, and again if the stream has moved on until then.
   * @throws the decider's rejection, and what `within` and the store throw.
   */
  execute<State, Command>(
    decider: Decider<State, Command>,
    stream: string,
    command: Command,
    given: DecisionContext,
    options: ExecuteOptions,
    within: (append: Append) => void = (append) => append(),
  ): Executed<State> {
    const { commandId, ...append } = options;
    const identity = commandId ? { command: { id: commandId, fingerprint: fingerprint(command) } } : {};
    const decide = () => this.#decide(decider, stream, command, given, { ...append, ...identity });
    const early = this.store.connection.inTransaction ? null : decide();
    let executed: Executed<State> = { events: [], state: decider.initial, duplicate: false };
    const run: Append = () => {
      // An already handled command is not decided: its own events would make the decider reject it.
      const handled = identity.command && handledBefore(this.store, stream, identity.command);
      if (handled) executed = { events: known(handled), state: this.fold(decider, stream), duplicate: true };
      else {
        const isCurrent = early !== null && early.version === this.store.version(stream);
        const { state, draft } = isCurrent ? early : decide();
        if ('rejection' in draft) throw new CommandRejected(draft.rejection);
        const events = known(this.store.appendDraft(draft).events);
        executed = { events, state: events.reduce(decider.evolve, state), duplicate: false };
      }
      return executed.events;
    };
    this.store.transaction(() => within(run));
    return executed;
  }

  /** What a command gives on the stream as it is now: a draft of its events, or a rejection. */
  #decide<State, Command>(
    decider: Decider<State, Command>,
    stream: string,
    command: Command,
    given: DecisionContext,
    options: AppendOptions,
  ) {
    const stored = this.store.readAll({ stream });
    const version = stored.at(-1)?.stream_version ?? 0;
    const state = known(stored).reduce(decider.evolve, decider.initial);
    const decision = decider.decide(state, command, given);
    const draft = decision.accepted ? this.store.draft(stream, decision.events, options) : decision;
    return { version, state, draft };
  }

  /** The state of a stream, folded from its events. */
  fold<State, Command>(decider: Decider<State, Command>, stream: string): State {
    return this.stream(stream).reduce(decider.evolve, decider.initial);
  }

  /** The events of one stream, typed, in memory. Uses one prepared statement, unlike `events`. */
  stream(stream: string): LedgerEvent[] {
    return known(this.store.readAll({ stream }));
  }

  /** Events in order, typed. Passes events that this code cannot read to `onUnreadable` and skips them. */
  *events(
    options: ReadOptions = {},
    onUnreadable?: (event: UnreadableEvent) => void,
  ): Generator<LedgerEvent> {
    for (const stored of this.store.read(options)) {
      const event = decode(stored);
      if (isUnreadable(event)) onUnreadable?.(event);
      else yield event;
    }
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.store.all<Row>(sql, ...values);
  }

  get<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.store.get<Row>(sql, ...values);
  }

  close(): void {
    this.store.close();
  }
}

/** Stored events that this code can read, typed. */
export function known(events: readonly StoredEvent[]): LedgerEvent[] {
  return events.map(decode).filter((event): event is LedgerEvent => !isUnreadable(event));
}

/**
 * Opens the ledger, and rebuilds read models whose code has changed. A ledger that may only be read is opened for
 * reading: its `store.isReadOnly` is true, and whatever appends is refused.
 */
export function openLedger(file: string, options: LedgerOptions = {}): Ledger {
  return opened(file, openLedgerFile(file, options), options);
}

function opened(file: string, { connection, readOnly }: Opened, options: LedgerOptions): Ledger {
  const store = new EventStore(file, connection, options.clock);
  try {
    const projector = new Projector(store, options.projections ?? projections);
    if (readOnly && !readOnly.isCopy && !projector.isCurrent()) {
      store.close();
      return opened(file, openLedgerFile(file, { ...options, copy: true }), options);
    }
    projector.upgrade((progress, names) => options.onRebuild?.(names, progress));
    projector.catchUp();
    if (readOnly) store.seal(readOnly.reason);
    return new Ledger(store, projector);
  } catch (error) {
    store.close();
    throw error;
  }
}
