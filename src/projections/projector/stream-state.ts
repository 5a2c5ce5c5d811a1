import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { CommandRejected, type Decider, type DecisionContext } from '../../events/decider.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { AppendOptions } from '../../events/store/appending.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { type Append, known, type Ledger } from './ledger.ts';

type Options = Pick<AppendOptions, 'actor' | 'correlationId' | 'metadata' | 'occurredAt'>;

/**
 * One stream's state, folded once and kept in memory by a process that decides on it again and again. It reads only
 * the events that it has not seen. Another process may append at any time: the expected version of each append makes
 * sure that no decision on a stale state is written.
 */
export class StreamState<State, Command> {
  readonly #ledger: Ledger;
  readonly #decider: Decider<State, Command>;
  readonly #stream: string;
  readonly #onEvent: (event: LedgerEvent) => void;
  #state: State;
  #version = 0;
  /** The log's change counter before the last read. While it is unchanged, there is nothing to read. */
  #counter = Number.NaN;

  /** Reads nothing yet: the first `catchUp` reads the stream. `onEvent` receives each event of any process once. */
  constructor(
    ledger: Ledger,
    decider: Decider<State, Command>,
    stream: string,
    onEvent: (event: LedgerEvent) => void = () => {},
  ) {
    this.#ledger = ledger;
    this.#decider = decider;
    this.#stream = stream;
    this.#onEvent = onEvent;
    this.#state = decider.initial;
  }

  /** The state as of the last read. */
  get state(): State {
    return this.#state;
  }

  /** Folds the events appended since the last read. If the log is unchanged, this costs one PRAGMA. */
  catchUp(): State {
    this.#readNewer();
    return this.#state;
  }

  /**
   * Decides on the state in memory and appends. If the stream has moved on, reads the newer events and decides again,
   * also after a rejection. `within` runs in the append's transaction; an error that it throws rolls back the append.
   * Not for use inside another transaction: after a rollback, its events would remain in this state.
   * @throws the decider's rejection, and what `within` and the store throw.
   */
  execute(
    command: Command,
    given: DecisionContext,
    options: Options,
    within: (append: Append) => void = (append) => append(),
  ): LedgerEvent[] {
    const { store } = this.#ledger;
    for (;;) {
      const decision = this.#decider.decide(this.#state, command, given);
      if (!decision.accepted) {
        if (this.#readNewer()) continue;
        throw new CommandRejected(decision.rejection);
      }
      const expecting = { ...options, expectedVersion: this.#version };
      let stored: StoredEvent[] = [];
      const draft = store.draft(this.#stream, decision.events, expecting);
      const append = () => {
        stored = store.appendDraft(draft).events;
        return known(stored);
      };
      try {
        store.transaction(() => within(append));
        return this.#fold(stored);
      } catch (error) {
        const moved = error instanceof AgentPoolError && error.code === 'VERSION_CONFLICT';
        if (!moved || !this.#readNewer()) throw error;
      }
    }
  }

  /** Whether there was anything new. */
  #readNewer(): boolean {
    const { store } = this.#ledger;
    const counter = store.changeCounter();
    if (counter === this.#counter) return false;
    const stored = store.readAll({ stream: this.#stream, afterVersion: this.#version });
    this.#counter = counter;
    this.#fold(stored);
    return stored.length > 0;
  }

  #fold(stored: readonly StoredEvent[]): LedgerEvent[] {
    const events = known(stored);
    this.#state = events.reduce(this.#decider.evolve, this.#state);
    this.#version = stored.at(-1)?.stream_version ?? this.#version;
    for (const event of events) this.#onEvent(event);
    return events;
  }
}
