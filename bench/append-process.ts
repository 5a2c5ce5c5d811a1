import { openConnection } from '../src/events/store/open.ts';
import { answering } from '../src/lib/testing/answering.ts';
import { openLedger } from '../src/projections/projector/ledger.ts';
import { decidedHistory } from './decided-history.ts';
import { seededRandom } from './random.ts';

/** `ledger`: AgentPool's append, with chain and read models. `raw`: an INSERT of the same bytes into a bare table. */
export interface AppendTask {
  how: 'ledger' | 'raw';
  file: string;
  /** The number of appends, one event per transaction. */
  events: number;
  /** Another seed gives other workers. */
  seed: number;
}

export interface AppendResult {
  /** Milliseconds of each append. */
  times: number[];
  /** Milliseconds since the epoch. */
  began: number;
  ended: number;
}

/** Events of whole histories, in order. */
function eventsOf({ seed, events }: AppendTask) {
  const random = seededRandom(seed);
  const all = [];
  while (all.length < events) {
    const history = decidedHistory(random, 25);
    all.push(...history.events.map(({ actor, event }) => ({ stream: history.stream, actor, event })));
  }
  return all.slice(0, events);
}

function prepare({ how, file }: AppendTask) {
  if (how === 'ledger') {
    const ledger = openLedger(file);
    const append = ({ stream, actor, event }: ReturnType<typeof eventsOf>[number]) =>
      ledger.store.append(stream, [event], { actor });
    return { append, close: () => ledger.close() };
  }
  const connection = openConnection(file);
  connection.exec(
    'CREATE TABLE IF NOT EXISTS bare (position INTEGER PRIMARY KEY, stream TEXT, payload TEXT)',
  );
  const insert = connection.prepare('INSERT INTO bare (stream, payload) VALUES (?, ?)');
  const append = ({ stream, event }: ReturnType<typeof eventsOf>[number]) =>
    insert.run(stream, JSON.stringify(event));
  return { append, close: () => connection.close() };
}

let task: AppendTask | undefined;
let ready: { events: ReturnType<typeof eventsOf> } & ReturnType<typeof prepare>;

/** The first question prepares the process; the second one, sent to all at the same moment, appends. */
answering((message: AppendTask | 'go'): AppendResult | 'ready' => {
  if (message !== 'go') {
    task = message;
    ready = { events: eventsOf(message), ...prepare(message) };
    return 'ready';
  }
  if (!task) throw new Error('not prepared');
  const times: number[] = [];
  const began = Date.now();
  let before = process.hrtime.bigint();
  for (const event of ready.events) {
    ready.append(event);
    const now = process.hrtime.bigint();
    times.push(Number(now - before) / 1e6);
    before = now;
  }
  const ended = Date.now();
  ready.close();
  return { times, began, ended };
});
