import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { eventIdAt } from '../src/events/store/event-id.ts';
import { openConnection } from '../src/events/store/open.ts';
import { EventStore } from '../src/events/store/store.ts';
import { openLedger } from '../src/projections/projector/ledger.ts';
import { type DecidedHistory, decidedHistory } from './decided-history.ts';
import { type Random, seededRandom } from './random.ts';
import { RecordedIds } from './recorded-ids.ts';
import { MIN_EVENTS } from './worker-history.ts';

/** Increased when the same options give another ledger. */
export const SEED_VERSION = 3;

const DAYS = 30;
/** Workers that are alive at the same time. */
const LANES = 4;
/** Events of a history: 25 on average, so that a million of them are 40,000 sessions. */
const LENGTH = [8, 42] as const;
const TRANSACTION = 20_000;

export interface SeedOptions {
  /** The exact number; 0, or 2 and more. */
  events: number;
  /** The end of the 30 days that the events cover. */
  until: Date;
  onProgress?: (done: number) => void;
}

export interface SeedReport {
  events: number;
  sessions: number;
}

/**
 * Creates a ledger of whole worker histories with the deciders and the store's own append, in big transactions. The
 * same options give the same log, byte for byte. No worker in it is alive at the end.
 */
export function seed(file: string, { events, until, onProgress }: SeedOptions): SeedReport {
  if (!Number.isInteger(events) || events < 0 || events === 1) {
    throw new Error('a whole history has at least two events');
  }
  const span = DAYS * 86_400_000;
  let appended = 0;
  const clock = () => new Date(until.getTime() - span + Math.floor((appended / events) * span));
  const store = new EventStore(file, openConnection(file), clock);
  // Safe: a seed that a power cut has damaged can be created again.
  store.connection.pragma('synchronous = OFF');
  const random = seededRandom(events);
  const lengths = historyLengths(random, events);
  const sessions = lengths.length;
  const log = interleaved(random, lengths);
  const ids = new RecordedIds();
  while (appended < events) {
    store.transaction(() => {
      for (const upTo = Math.min(events, appended + TRANSACTION); appended < upTo; appended++) {
        appendNext(store, log, { ids, event_id: eventIdAt(appended + 1, random.uuid()) });
      }
    });
    onProgress?.(appended);
  }
  store.close();
  // Rebuilds the read models once at the end: three times as fast as with every append.
  const ledger = openLedger(file);
  ledger.store.connection.pragma('wal_checkpoint(TRUNCATE)');
  ledger.close();
  return { events, sessions };
}

type Log = Generator<{ stream: string; of: DecidedHistory['events'][number] }, void>;

function appendNext(
  store: EventStore,
  log: Log,
  { ids, event_id }: { ids: RecordedIds; event_id: string },
): void {
  const next = log.next();
  if (next.done) throw new Error('the histories ended before the log did');
  const { stream, of } = next.value;
  store.append(stream, [{ ...ids.toAppend(of.event), event_id }], { actor: of.actor });
  ids.record(of.event, event_id);
}

/** The length of each history; together exactly `events`. */
function historyLengths(random: Random, events: number): number[] {
  const lengths: number[] = [];
  for (let remaining = events; remaining > 0; ) {
    const length = random.between(...LENGTH);
    const isLast = remaining - length < MIN_EVENTS;
    lengths.push(isLast ? remaining : length);
    remaining = isLast ? 0 : remaining - length;
  }
  return lengths;
}

/** The events of histories that run at the same time, interleaved at random. */
function* interleaved(random: Random, lengths: readonly number[]): Log {
  const lanes: (DecidedHistory & { at: number })[] = [];
  for (let started = 0; started < lengths.length || lanes.length > 0; ) {
    for (; lanes.length < LANES && started < lengths.length; started++) {
      lanes.push({ ...decidedHistory(random, lengths[started] ?? MIN_EVENTS), at: 0 });
    }
    const lane = random.pick(lanes);
    const of = lane.events[lane.at];
    if (of) yield { stream: lane.stream, of };
    lane.at += 1;
    if (lane.at >= lane.events.length) lanes.splice(lanes.indexOf(lane), 1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file, count] = process.argv.slice(2);
  if (!file || !count) {
    console.error('usage: node --import tsx bench/seed.ts FILE EVENTS');
    process.exit(2);
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  const { events, sessions } = seed(file, { events: Number(count), until: new Date() });
  console.log(`${file}: ${events} events, ${sessions} sessions`);
}
