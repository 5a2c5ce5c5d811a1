import type { NewEvent } from '../src/events/event.ts';
import { openConnection } from '../src/events/store/open.ts';
import { openLedger } from '../src/projections/projector/ledger.ts';
import { decidedHistory } from './decided-history.ts';
import { seededRandom } from './random.ts';
import { RecordedIds } from './recorded-ids.ts';

/** `ledger`: AgentPool's append, with chain and read models. `raw`: an INSERT of the same bytes into a bare table. */
export interface AppendTask {
  how: 'ledger' | 'raw';
  file: string;
  /** The number of appends, one event per transaction. */
  events: number;
  /** Another seed gives other workers. */
  seed: number;
  /** Appends per second; without it, each follows the one before at once. */
  pace?: number;
}

/** One event to append. */
export interface Appending {
  stream: string;
  actor: string;
  event: NewEvent;
}

/** Events of whole histories, in order. */
export function eventsOf({ seed, events }: Pick<AppendTask, 'seed' | 'events'>): Appending[] {
  const random = seededRandom(seed);
  const all: Appending[] = [];
  while (all.length < events) {
    const history = decidedHistory(random, 25);
    for (const { actor, event } of history.events) all.push({ stream: history.stream, actor, event });
  }
  return all.slice(0, events);
}

/** Opens the file, and gives what appends one event to it. Both ways use the same settings of SQLite. */
export function appenderOf({ how, file }: Pick<AppendTask, 'how' | 'file'>) {
  if (how === 'ledger') {
    const { store, ...ledger } = openedLedger(file);
    const ids = new RecordedIds();
    const append = ({ stream, actor, event }: Appending): void => {
      const [stored] = store.append(stream, [ids.toAppend(event)], { actor }).events;
      ids.record(event, stored?.event_id);
    };
    return { append, ...ledger };
  }
  const connection = openConnection(file);
  connection.exec(
    'CREATE TABLE IF NOT EXISTS bare (position INTEGER PRIMARY KEY, stream TEXT, payload TEXT)',
  );
  const insert = connection.prepare('INSERT INTO bare (stream, payload) VALUES (?, ?)');
  const append = ({ stream, event }: Appending): void => {
    insert.run(stream, JSON.stringify(event));
  };
  return { append, connection, close: () => connection.close() };
}

function openedLedger(file: string) {
  const ledger = openLedger(file);
  return { store: ledger.store, connection: ledger.store.connection, close: () => ledger.close() };
}
