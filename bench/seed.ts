import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { openConnection } from '../src/events/store/open.ts';
import { EventStore } from '../src/events/store/store.ts';
import { openLedger } from '../src/projections/projector/ledger.ts';
import { type DecidedHistory, decidedHistory } from './decided-history.ts';
import { type Random, seededRandom } from './random.ts';
import { SHORTEST } from './worker-history.ts';

/** Raised when the same numbers give other ledgers. */
export const SEED_VERSION = 1;

const DAYS = 30;
/** Workers that are alive at the same time. */
const LANES = 4;
/** Events of a life: 25 on average, so that a million of them are 40,000 sessions. */
const LENGTH = [8, 42] as const;
const TRANSACTION = 20_000;

export interface SeedOptions {
  /** Exactly so many; 0, or 2 and more. */
  events: number;
  /** The end of the 30 days over which they are spread. */
  until: Date;
  onProgress?: (done: number) => void;
}

export interface Seeded {
  events: number;
  sessions: number;
}

/**
 * Makes a ledger of whole worker lives, by the deciders and the store's own append, in big transactions. The same
 * options give the same log, byte for byte. Nobody in it is alive at the end.
 */
export function seed(file: string, { events, until, onProgress }: SeedOptions): Seeded {
  if (!Number.isInteger(events) || events < 0 || events === 1) {
    throw new Error('a whole life has two events at the least');
  }
  const span = DAYS * 86_400_000;
  let appended = 0;
  const clock = () => new Date(until.getTime() - span + Math.floor((appended / events) * span));
  const store = new EventStore(file, openConnection(file), clock);
  // Nobody misses a seed that a power cut has spoilt.
  store.connection.pragma('synchronous = OFF');
  const random = seededRandom(events);
  const lengths = historyLengths(random, events);
  const sessions = lengths.length;
  const log = sideBySide(random, lengths);
  while (appended < events) {
    store.transaction(() => {
      for (const upTo = Math.min(events, appended + TRANSACTION); appended < upTo; appended++) {
        appendNext(store, log);
      }
    });
    onProgress?.(appended);
  }
  store.close();
  // The read models at the end, all at once: three times as fast as in every append.
  const ledger = openLedger(file);
  ledger.store.connection.pragma('wal_checkpoint(TRUNCATE)');
  ledger.close();
  return { events, sessions };
}

type Log = Generator<{ stream: string; of: DecidedHistory['events'][number] }, void>;

function appendNext(store: EventStore, log: Log): void {
  const next = log.next();
  if (next.done) throw new Error('the lives ended before the log did');
  const { stream, of } = next.value;
  store.append(stream, [of.event], { actor: of.actor });
}

/** How long each life is; all together exactly `events`. */
function historyLengths(random: Random, events: number): number[] {
  const lengths: number[] = [];
  for (let left = events; left > 0; ) {
    const length = random.between(...LENGTH);
    const isLast = left - length < SHORTEST;
    lengths.push(isLast ? left : length);
    left = isLast ? 0 : left - length;
  }
  return lengths;
}

/** The events of lives that go on at the same time, one of one of them at a time. */
function* sideBySide(random: Random, lengths: readonly number[]): Log {
  const lanes: (DecidedHistory & { at: number })[] = [];
  for (let begun = 0; begun < lengths.length || lanes.length > 0; ) {
    for (; lanes.length < LANES && begun < lengths.length; begun++) {
      lanes.push({ ...decidedHistory(random, lengths[begun] ?? SHORTEST), at: 0 });
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
