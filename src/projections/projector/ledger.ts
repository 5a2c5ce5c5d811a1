import {
  decode,
  isUnreadable,
  type LedgerEvent,
  type UnreadableEvent,
} from '../../events/catalogue/index.ts';
import { CommandRejected, type Decider, type DecisionContext, fingerprint } from '../../events/decider.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { ReadOptions } from '../../events/store/event-rows.ts';
import type { OnMigration } from '../../events/store/migrate.ts';
import { type Opened, openLedgerFile } from '../../events/store/open.ts';
import { handledBefore } from '../../events/store/receipts.ts';
import { type AppendOptions, EventStore } from '../../events/store/store.ts';
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

  /** Decides on the current stream and appends the resulting events in one transaction. Throws the rejection. */
  execute<State, Command>(
    decider: Decider<State, Command>,
    stream: string,
    command: Command,
    given: DecisionContext,
    options: ExecuteOptions,
  ): Executed<State> {
    const { commandId, ...append } = options;
    const identity = commandId ? { command: { id: commandId, fingerprint: fingerprint(command) } } : {};
    return this.store.transaction(() => {
      const state = this.fold(decider, stream);
      // Do not decide an already handled command again: its own events would make the decider reject it.
      const handled = identity.command && handledBefore(this.store, stream, identity.command);
      if (handled) return { events: known(handled), state, duplicate: true };
      const decision = decider.decide(state, command, given);
      if (!decision.accepted) throw new CommandRejected(decision.rejection);
      const { events } = this.store.append(stream, decision.events, { ...append, ...identity });
      const appended = known(events);
      return { events: appended, state: appended.reduce(decider.evolve, state), duplicate: false };
    });
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
